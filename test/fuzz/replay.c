/*
 * replay.c
 *	  Run a fuzz target over given files, without libFuzzer.
 *
 * Each argument is a file or a directory of files.  Each file runs in a child
 * process, so that one finding does not hide the next.
 */
#define _GNU_SOURCE

#include <dirent.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fuzz/fuzz.h"

#define FILE_MAX (1 << 20)

static int	passed;
static int	failed;

static void
run_in_child(const char *path)
{
	uint8_t    *data = exact_room(FILE_MAX);
	FILE	   *file = fopen(path, "rb");
	uint8_t    *exact;
	size_t		size;

	if (file == NULL)
		exit(2);
	size = fread(data, 1, FILE_MAX, file);
	fclose(file);
	exact = exact_copy(data, size);
	free(data);
	LLVMFuzzerTestOneInput(exact, size);
	free(exact);
	exit(0);
}

static void
replay_file(const char *path)
{
	int			status = -1;
	pid_t		child;

	fflush(stdout);
	child = fork();
	if (child == 0)
		run_in_child(path);
	if (child > 0 && waitpid(child, &status, 0) == child && status == 0)
		passed++;
	else
	{
		failed++;
		printf("not ok - %s\n", path);
	}
}

static int
is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static void
replay_directory(const char *path)
{
	struct dirent **entry;
	int			n = scandir(path, &entry, is_visible, alphasort);
	char		name[4096];

	for (int i = 0; i < n; i++)
	{
		snprintf(name, sizeof(name), "%s/%s", path, entry[i]->d_name);
		replay_file(name);
		free(entry[i]);
	}
	if (n >= 0)
		free(entry);
}

int
main(int argc, char **argv)
{
	struct stat info;

	for (int i = 1; i < argc; i++)
		if (stat(argv[i], &info) == 0 && S_ISDIR(info.st_mode))
			replay_directory(argv[i]);
		else
			replay_file(argv[i]);
	printf("%d passed, %d failed\n", passed, failed);
	return failed > 0 || passed == 0;
}
