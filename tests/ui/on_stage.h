/*
 * The words of tests that are walks, key by key: one stage for a whole test program, set up anew
 * for each test.
 */
#ifndef TESTS_UI_ON_STAGE_H
#define TESTS_UI_ON_STAGE_H

#include <stdbool.h>

#include "stage.h"

/* The stage in use. Each test program opens it as large as it wants it. */
extern struct stage st;

/* Teardown for cmocka. */
int close_stage(void **state);

/* Types keys by their names: "2jj<Enter>". */
void type(const char *keys);

/* True when the screen holds `text` in one line. */
bool sees(const char *text);

/* The filter last asked for. */
void assert_filter(const char *expected);

/* The selected event of Events is `row`; opens and closes its detail pane, which tells. */
void assert_row(unsigned row);

#endif
