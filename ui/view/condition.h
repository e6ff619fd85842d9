/* Conditions of the filter language for views: they are made in query/condition.h. */
#ifndef UI_VIEW_CONDITION_H
#define UI_VIEW_CONDITION_H

#include "query/condition.h"

#endif
