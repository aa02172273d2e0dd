/*
 * ask.h
 *	  A question to fireiot's own tables, as superuser, whoever the session is.
 */
#ifndef FIREIOT_ASK_H
#define FIREIOT_ASK_H

#include "base/compat.h"

#define ASK_MOST_TEXTS 4

/*
 * Run a SELECT with texts for parameters (NULL: null).  Returns the text of its
 * first row's first column, in the current memory context; NULL: there is no
 * row, or it is null.
 */
extern char *ask(const char *query, int count, const char *const *texts);

#endif							/* FIREIOT_ASK_H */
