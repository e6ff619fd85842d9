# Writes OUTPUT: a C table of the files THEMES (a list), as bytes.
set(tables "")
set(entries "")
set(count 0)
foreach(theme IN LISTS THEMES)
    get_filename_component(name ${theme} NAME_WE)
    file(READ ${theme} hex HEX)
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
    string(APPEND tables "static const char text_${count}[] = {${bytes}};\n")
    string(APPEND entries "    {\"${name}\", text_${count}, sizeof text_${count}},\n")
    math(EXPR count "${count} + 1")
endforeach()
file(WRITE ${OUTPUT}
"/* Made by EmbedThemes.cmake from themes/; not edited by hand. */
#include \"ui/term/theme_priv.h\"

${tables}
const struct theme_builtin theme_builtins[] = {
${entries}};
const unsigned long theme_builtin_count = ${count};
")
