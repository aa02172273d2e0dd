/*
 * faults.c
 *	  Reading the list of faults, drawing one.
 */
#include "faults.h"

#include <stdlib.h>
#include <string.h>

static const char *const names[SIM_FAULTS] = {
	[SIM_NO_FAULT] = "",
	[SIM_FAULT_CUT] = "cut",
	[SIM_FAULT_SLOW] = "slow",
	[SIM_FAULT_GARBAGE] = "garbage",
	[SIM_FAULT_CHECKSUM] = "checksum",
	[SIM_FAULT_LENGTH] = "length",
	[SIM_FAULT_HALF] = "half",
	[SIM_FAULT_DISCONNECT] = "disconnect",
	[SIM_FAULT_RESEND] = "resend",
	[SIM_FAULT_ENDMARK] = "endmark",
	[SIM_FAULT_CLOCK] = "clock",
};

static int
find_fault(const char *name, size_t len)
{
	for (int i = 1; i < SIM_FAULTS; i++)
		if (strlen(names[i]) == len && memcmp(names[i], name, len) == 0)
			return i;
	sim_die(SIM_USAGE, "--faults: there is no fault \"%.*s\"", (int) len, name);
}

void
sim_faults_read(sim_faults *faults, const char *list)
{
	double		chance[SIM_FAULTS] = {0};
	double		sum = 0;

	*faults = (sim_faults) {0};
	while (list != NULL && *list != '\0')
	{
		size_t		len = strcspn(list, ":,");
		int			fault = find_fault(list, len);
		char	   *end;

		if (list[len] != ':')
			sim_die(SIM_USAGE, "--faults: %s wants a chance, as in %s:0.01",
					names[fault], names[fault]);
		list += len + 1;
		chance[fault] = strtod(list, &end);
		if (end == list || (*end != ',' && *end != '\0') ||
			!(chance[fault] >= 0 && chance[fault] <= 1))
			sim_die(SIM_USAGE, "--faults: the chance of %s is not between "
					"0 and 1", names[fault]);
		list = end + (*end == ',');
	}
	for (int i = 1; i < SIM_FAULTS; i++)
		faults->below[i] = sum += chance[i];
	if (sum > 1 + 1e-9)
		sim_die(SIM_USAGE, "--faults: the chances add up to more than 1");
	faults->any = sum > 0;
}

sim_fault
sim_faults_draw(const sim_faults *faults, sim_random *random)
{
	double		drawn;

	if (!faults->any)
		return SIM_NO_FAULT;
	drawn = sim_fraction(random);
	for (int i = 1; i < SIM_FAULTS; i++)
		if (drawn < faults->below[i])
			return (sim_fault) i;
	return SIM_NO_FAULT;
}
