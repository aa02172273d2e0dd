/*
 * faults.h
 *	  What goes wrong on purpose, and how often.
 */
#ifndef SIM_FAULTS_H
#define SIM_FAULTS_H

#include "util.h"

typedef enum sim_fault
{
	SIM_NO_FAULT = 0,
	SIM_FAULT_CUT,				/* sent in two pieces with a pause between */
	SIM_FAULT_SLOW,				/* sent a few bytes at a time */
	SIM_FAULT_GARBAGE,			/* bytes of no frame before it */
	SIM_FAULT_CHECKSUM,			/* first with a bad checksum */
	SIM_FAULT_LENGTH,			/* first with a wrong length field */
	SIM_FAULT_HALF,				/* a part of it, then the connection is closed */
	SIM_FAULT_DISCONNECT,		/* closed right behind it */
	SIM_FAULT_RESEND,			/* sent twice, or again when confirmed */
	SIM_FAULT_ENDMARK,			/* ## inside */
	SIM_FAULT_CLOCK,			/* the device's clock jumps */
	SIM_FAULTS
} sim_fault;

/* One fault a frame at most: chances are summed up in the enum's order. */
typedef struct sim_faults
{
	bool		any;
	double		below[SIM_FAULTS];
} sim_faults;

/* Read "cut:0.01,garbage:0.01"; NULL is none; dies of what is wrong. */
extern void sim_faults_read(sim_faults *faults, const char *list);

extern sim_fault sim_faults_draw(const sim_faults *faults, sim_random *random);

#endif							/* SIM_FAULTS_H */
