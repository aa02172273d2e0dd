/*
 * good.c
 *	  A file of floor 0.
 */
#include "codec/good.h"

static const char *const words[] = {
	"one", "two"
};

int
good_sum(const uint8_t *p, int n)
{
	int			sum = words[0][0];

	for (int i = 0; i < n; i++)
		sum += p[i];
	return sum > 1000 ? 1000 :
		sum;
}
