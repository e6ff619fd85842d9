/*
 * The person's keys and columns, from the lines of the configuration to the app that obeys them.
 */
#ifndef RUNTIME_SETTINGS_H
#define RUNTIME_SETTINGS_H

#include "config/config.h"
#include "ui/app/app.h"

/* Hands [keys] and [columns] to the app; what is wrong with them is noted in `c`. */
void settings_give(struct config *c, struct app *a);

/* The same without a screen: only to learn what is wrong with them. */
void settings_check(struct config *c);

#endif
