/* src/base: where files are kept, small files read whole, files written at once. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/xdg.h"

/* A folder of the test's own, which is the working directory, too. */
static int enter_folder(void **state)
{
    char name[] = "/tmp/heaptail-files-XXXXXX";
    char *folder = mkdtemp(name);
    if (folder == NULL || chdir(folder) != 0)
        return -1;
    *state = strdup(folder);
    return 0;
}

static int leave_folder(void **state)
{
    char command[128];
    snprintf(command, sizeof command, "rm -r %s", (char *)*state);
    free(*state);
    return chdir("/") == 0 && system(command) == 0 ? 0 : -1;
}

static void put(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static void assert_holds(const char *path, const char *want)
{
    struct strbuf b = {0};
    assert_int_equal(file_read(path, 4096, &b, NULL), 0);
    assert_string_equal(strbuf_str(&b), want);
    strbuf_release(&b);
}

static unsigned entries(const char *folder)
{
    unsigned n = 0;
    DIR *d = opendir(folder);
    assert_non_null(d);
    while (readdir(d) != NULL)
        n++;
    closedir(d);
    return n - 2; /* . and .. */
}

static mode_t mode_of(const char *path)
{
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    return st.st_mode & 07777;
}

static void reads_whole_files_up_to_a_limit(void **state)
{
    (void)state;
    struct strbuf b = {0};
    struct err_info info = {.text = ""};
    put("nine", "123456789");
    strbuf_puts(&b, "<");
    assert_int_equal(file_read("nine", 9, &b, &info), 0);
    assert_string_equal(b.s, "<123456789");
    assert_int_equal(file_read("nine", 8, &b, &info), ERR_LIMIT);
    assert_string_equal(b.s, "<123456789");
    assert_string_equal(info.text, "nine: has more than 8 bytes");
    assert_int_equal(file_read("no\nsuch", 8, &b, &info), -ENOENT);
    assert_string_equal(info.text, "no\\x0asuch: cannot be read: No such file or directory");
    assert_int_equal(file_read(".", 8, &b, &info), -EISDIR);
    assert_int_equal(mkfifo("fifo", 0600), 0);
    assert_int_equal(file_read("fifo", 8, &b, &info), 0);
    assert_int_equal(file_read("/dev/zero", 100000, &b, NULL), ERR_LIMIT);
    assert_string_equal(b.s, "<123456789");
    strbuf_release(&b);
}

static void writes_at_once(void **state)
{
    (void)state;
    mode_t mask = umask(022);
    assert_int_equal(file_write("out", 0666, "one", 3, NULL), 0);
    assert_holds("out", "one");
    assert_int_equal(mode_of("out"), 0644);
    assert_int_equal(chmod("out", 0640), 0);
    assert_int_equal(file_write("out", 0666, "two", 3, NULL), 0);
    assert_holds("out", "two");
    assert_int_equal(mode_of("out"), 0640);
    assert_int_equal(file_write("secret", 0600, "", 0, NULL), 0);
    assert_int_equal(mode_of("secret"), 0600);
    assert_int_equal(entries("."), 2);
    umask(mask);
}

static void the_old_file_stays_until_the_new_one_is_whole(void **state)
{
    (void)state;
    struct file_writer w;
    put("out", "old");
    assert_int_equal(file_writer_open(&w, "out", 0666, NULL), 0);
    assert_int_equal(file_writer_add(&w, "new", 3, NULL), 0);
    assert_holds("out", "old");
    assert_int_equal(entries("."), 2);
    file_writer_abandon(&w);
    file_writer_abandon(&w);
    assert_holds("out", "old");
    assert_int_equal(entries("."), 1);

    assert_int_equal(file_writer_open(&w, "out", 0666, NULL), 0);
    assert_int_equal(file_writer_add(&w, "new", 3, NULL), 0);
    assert_int_equal(file_writer_commit(&w, NULL), 0);
    assert_holds("out", "new");
    assert_int_equal(entries("."), 1);
}

static void links_stay_links(void **state)
{
    (void)state;
    struct stat st;
    assert_int_equal(mkdir("kept", 0700), 0);
    put("kept/file", "old");
    assert_int_equal(symlink("kept/file", "link"), 0);
    assert_int_equal(file_write("link", 0666, "new", 3, NULL), 0);
    assert_int_equal(lstat("link", &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    assert_holds("kept/file", "new");
    assert_int_equal(entries("kept"), 1);
}

/* A link to nothing would become a file, and a file that is write-protected another one. */
static void what_is_there_is_respected(void **state)
{
    (void)state;
    struct stat st;
    struct err_info info = {.text = ""};
    assert_int_equal(symlink("nowhere/file", "link"), 0);
    assert_int_equal(file_write("link", 0666, "new", 3, &info), -ENOENT);
    assert_int_equal(lstat("link", &st), 0);
    assert_true(S_ISLNK(st.st_mode));

    const uid_t me = geteuid(), nobody = 65534;
    put("kept", "old");
    assert_int_equal(chmod("kept", 0444), 0);
    assert_int_equal(chmod(".", 0777), 0);
    if (me == 0)
        assert_int_equal(seteuid(nobody), 0);
    int rc = file_write("kept", 0666, "new", 3, &info);
    if (me == 0)
        assert_int_equal(seteuid(me), 0);
    assert_int_equal(rc, -EACCES);
    assert_string_equal(info.text, "kept: cannot be written: Permission denied");
    assert_holds("kept", "old");
    assert_int_equal(entries("."), 2);
}

static void says_what_cannot_be_written(void **state)
{
    (void)state;
    struct err_info info = {.text = ""};
    assert_int_equal(file_write(".", 0666, "", 0, &info), -EISDIR);
    assert_int_equal(mkfifo("fifo", 0600), 0);
    assert_int_equal(file_write("fifo", 0666, "", 0, &info), -EINVAL);
    assert_int_equal(file_write("no/such/folder", 0666, "", 0, &info), -ENOENT);
    assert_string_equal(info.text, "no/such/folder: cannot be written: No such file or directory");
    put("plain", "");
    assert_int_equal(file_write("plain/file", 0666, "", 0, &info), -ENOTDIR);
    assert_int_equal(entries("."), 2);
}

static void folders_follow_the_specification(void **state)
{
    static const struct {
        const char *config, *home, *want; /* NULL: not set; want NULL: no folder */
    } place[] = {
        {"/c", "/h", "/c/heaptail/x"},
        {NULL, "/h", "/h/.config/heaptail/x"},
        {"", "/h", "/h/.config/heaptail/x"},
        {"relative", "/h", "/h/.config/heaptail/x"},
        {NULL, "relative", NULL},
        {NULL, NULL, NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof place / sizeof place[0]; i++) {
        struct strbuf b = {0};
        unsetenv("XDG_CONFIG_HOME");
        unsetenv("HOME");
        if (place[i].config != NULL)
            setenv("XDG_CONFIG_HOME", place[i].config, 1);
        if (place[i].home != NULL)
            setenv("HOME", place[i].home, 1);
        assert_int_equal(xdg_put_path(&b, XDG_CONFIG, "x"), place[i].want != NULL);
        assert_string_equal(strbuf_str(&b), place[i].want != NULL ? place[i].want : "");
        strbuf_release(&b);
    }
}

static void folders_are_made_when_they_are_needed(void **state)
{
    struct strbuf b = {0};
    struct err_info info = {.text = ""};
    unsetenv("XDG_STATE_HOME");
    setenv("HOME", *state, 1);
    assert_true(xdg_put_path(&b, XDG_STATE, ""));
    assert_int_equal(xdg_make_folder(XDG_STATE, &info), 0);
    assert_int_equal(xdg_make_folder(XDG_STATE, &info), 0);
    assert_int_equal(mode_of(b.s), 0700);
    assert_int_equal(mode_of(".local"), 0700);
    strbuf_release(&b);

    put("plain", "");
    setenv("XDG_STATE_HOME", "/proc/nowhere", 1);
    assert_true(xdg_make_folder(XDG_STATE, &info) < 0);
    assert_non_null(strstr(info.text, "/proc/nowhere: cannot be made: "));
    unsetenv("XDG_STATE_HOME");
    unsetenv("HOME");
    assert_int_equal(xdg_make_folder(XDG_STATE, &info), -ENOENT);
}

int main(void)
{
#define IN_A_FOLDER(f) cmocka_unit_test_setup_teardown(f, enter_folder, leave_folder)
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(reads_whole_files_up_to_a_limit),
        IN_A_FOLDER(writes_at_once),
        IN_A_FOLDER(the_old_file_stays_until_the_new_one_is_whole),
        IN_A_FOLDER(links_stay_links),
        IN_A_FOLDER(what_is_there_is_respected),
        IN_A_FOLDER(says_what_cannot_be_written),
        IN_A_FOLDER(folders_follow_the_specification),
        IN_A_FOLDER(folders_are_made_when_they_are_needed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
