/*
 * system_name.h
 *	  Coordinate systems as SQL names them.
 */
#ifndef FIREIOT_SYSTEM_NAME_H
#define FIREIOT_SYSTEM_NAME_H

#include "geodesy/system.h"

/* 22023 if no system has the name. */
extern gd_system system_from_name(text *name);

#endif							/* FIREIOT_SYSTEM_NAME_H */
