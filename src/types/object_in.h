/*
 * object_in.h
 *	  Information objects from jsonb, for encoding.
 *
 * The keys are those that explain_frame writes, so that what it shows can be
 * changed and built again.  A key that the object's type does not carry is
 * refused: a misspelt key would otherwise be sent as zero.
 */
#ifndef FIREIOT_OBJECT_IN_H
#define FIREIOT_OBJECT_IN_H

#include "base/compat.h"

#include "utils/jsonb.h"

#include "codec/object.h"

/*
 * Read element number position (from 0) of the array.  Raises
 * ERRCODE_INVALID_PARAMETER_VALUE or ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE with
 * the element, key, value and limit.  Texts are palloc'd.
 */
extern void object_from_json(JsonbContainer *array, int position,
							 const gb_layout *layout,
							 const gb_profile *profile, gb_object *object);

#endif							/* FIREIOT_OBJECT_IN_H */
