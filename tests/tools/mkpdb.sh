#!/bin/sh
# Builds a Windows program with its PDB on this system: mkpdb.sh DIR ARCH [FILES FUNCTIONS]
#
# DIR gets shop.exe, shop.pdb and shop.map, the linker's own word on what is where. ARCH is x86_64 or i686. With
# FILES and FUNCTIONS the program has so many source files more, each of so many functions: f_FILE_FUNCTION.
set -eu
dir=$1 target=$2-pc-windows-msvc files=${3:-0} functions=${4:-0}
cd "$dir"
flags="--target=$target -g -gcodeview -O1 -fno-exceptions -c"

cat > cart.cpp <<'END'
extern "C" int helper(int);
namespace shop {
struct cart {
    int n;
    __declspec(noinline) int add(int x);
};
template <class T> __declspec(noinline) T twice(T t)
{
    return t + helper((int)t);
}
} // namespace shop

int shop::cart::add(int x)
{
    n += x;
    return twice(n) + helper(x);
}

extern "C" __declspec(noinline) int grow(int x)
{
    shop::cart c{x};
    return c.add(x) + helper(3);
}

extern "C" int start(void)
{
    return grow(4) + 1;
}
END
cat > helper.c <<'END'
int volatile sink;

int helper(int x)
{
    sink = x;
    return sink * 3 + x;
}
END
sources='cart.cpp helper.c' file=0
while [ "$file" -lt "$files" ]; do
    awk -v file="$file" -v count="$functions" 'BEGIN {
        print "extern int volatile sink;"
        for (i = 0; i < count; i++)
            printf "int f_%d_%d(int x)\n{\n    sink = x + %d;\n    return sink * 3;\n}\n", file, i, i
    }' > "many$file.c"
    sources="$sources many$file.c" file=$((file + 1))
done
# shellcheck disable=SC2086
clang $flags $sources
rm -f shop.pdb
lld-link /nologo /nodefaultlib /entry:start /subsystem:console /debug /map /out:shop.exe /pdb:shop.pdb /opt:noref ./*.o*
