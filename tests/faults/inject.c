// SPDX-License-Identifier: GPL-2.0-or-later

/*
 * Run a program, let one of its system calls go wrong, and play the kernel's PCI bus.
 *
 * usage: inject ROOT RESULT [--children | --from-root] [--native ADDRESS=DRIVER]...
 *		[--fault N:WHAT]... -- PROGRAM [ARGUMENT...]
 *
 * A seccomp filter hands the calls of the program and of its children to us before they
 * are done: it works on a static program, where nothing can be preloaded. Calls are
 * numbered from the first open on; those whose number depends on the clock (waiting) and
 * those whose failure does not matter are not counted. --children counts only calls of
 * children; --from-root begins when ROOT itself is opened, after the dynamic loader.
 *
 * WHAT: an errno (5), `hang` (the call never returns), `die` (killed instead of the
 * call), `die-after` (killed when a write has had its effect), `segv`, `term` (SIGTERM to
 * the program, the call goes on), `queued` (a hang, and a process that is killed in it
 * does not end before the call is carried out: when another process has given back and
 * waits), `outlive` (likewise, but it is never carried out while the program runs).
 *
 * Below ROOT/sys, writing driver_override, driver/unbind, drivers/NAME/bind and
 * drivers_probe has the effect that it has on a kernel; --native names the host driver
 * that takes a function. RESULT: lines of a word and its value; `function ADDRESS DRIVER
 * OVERRIDE` for each function that the program wrote to or that has a native driver.
 * `open` is the largest number of descriptors, 0 to 2 aside, that a process had when it
 * ended by itself; `played` is 1 when a queued write was carried out.
 */

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define FUNCTIONS_MAX 64
#define FAULTS_MAX 4
#define NAME 64
#define QUIET 40 /* looks of 5 ms, until the process that gives back is done */
#define LEFT_WAIT 500 /* milliseconds for children to be gone when the program is */
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct function {
	char address[NAME];
	char path[PATH_MAX];
	char driver[NAME];
	char override[NAME];
	char native[NAME];
	bool touched;
};

struct fault {
	unsigned long at;
	char what[NAME];
	bool hit;
};

static struct function functions[FUNCTIONS_MAX];
static size_t n_functions;
static struct fault faults[FAULTS_MAX];
static size_t n_faults;
static char root[PATH_MAX];
static bool children_only;
static bool from_root;
static pid_t program;
static unsigned long calls;
static bool counting;
static char place[PATH_MAX + NAME]; /* what the call of the last fault was about */
static unsigned int open_max;
/* @others: another process has begun since it was killed; @quiet: looks without a call */
static struct {
	pid_t pid;
	bool for_ever;
	bool is_write;
	bool killed;
	bool others;
	bool played;
	unsigned int quiet;
	char path[PATH_MAX];
	char text[NAME];
} held;

static void die(const char *what)
{
	perror(what);
	exit(125);
}

/* ---- the PCI bus ---- */

static void trim(char *text)
{
	text[strcspn(text, "\n")] = '\0';
}

static struct function *function_find(const char *address)
{
	for (size_t i = 0; i < n_functions; i++)
		if (!strcmp(functions[i].address, address))
			return &functions[i];
	return NULL;
}

static void function_load(const char *path)
{
	struct function *function = &functions[n_functions++];
	char name[PATH_MAX + NAME], target[PATH_MAX];
	ssize_t length;
	FILE *file;

	if (n_functions > FUNCTIONS_MAX || !realpath(path, function->path))
		die(path);
	(void)snprintf(function->address, NAME, "%s", strrchr(path, '/') + 1);
	(void)snprintf(name, sizeof(name), "%s/driver", function->path);
	length = readlink(name, target, sizeof(target) - 1);
	if (length > 0) {
		target[length] = '\0';
		(void)snprintf(function->driver, NAME, "%s", strrchr(target, '/') + 1);
	}
	(void)snprintf(name, sizeof(name), "%s/driver_override", function->path);
	file = fopen(name, "re");
	if (!file)
		return;
	if (fgets(function->override, NAME, file))
		trim(function->override);
	if (!strcmp(function->override, "(null)"))
		function->override[0] = '\0';
	(void)fclose(file);
}

static void functions_load(void)
{
	char pattern[PATH_MAX + NAME];
	glob_t found;

	(void)snprintf(pattern, sizeof(pattern), "%s/sys/bus/pci/devices/*", root);
	if (glob(pattern, 0, NULL, &found))
		die(pattern);
	for (size_t i = 0; i < found.gl_pathc; i++)
		function_load(found.gl_pathv[i]);
	globfree(&found);
}

static void driver_set(struct function *function, const char *driver)
{
	char link[PATH_MAX + NAME], target[PATH_MAX + 2 * NAME];

	(void)snprintf(link, sizeof(link), "%s/driver", function->path);
	(void)unlink(link);
	(void)snprintf(function->driver, NAME, "%s", driver);
	(void)snprintf(target, sizeof(target), "%s/sys/bus/pci/drivers/%s", root, driver);
	if (driver[0] && symlink(target, link))
		die(link);
}

static bool is_registered(const char *driver)
{
	char path[PATH_MAX + 2 * NAME];

	(void)snprintf(path, sizeof(path), "%s/sys/bus/pci/drivers/%s", root, driver);
	return !access(path, F_OK);
}

static void probe(struct function *function)
{
	const char *driver = function->override[0] ? function->override :
						     function->native;

	if (!function->driver[0] && driver[0] && is_registered(driver))
		driver_set(function, driver);
}

/* @driver: whose file it is */
static int bus_write(const char *driver, const char *attribute, const char *text)
{
	struct function *function = function_find(text);

	if (!function)
		return -ENODEV;
	function->touched = true;
	if (!strcmp(attribute, "drivers_probe")) {
		probe(function);
		return 0;
	}
	if (!strcmp(attribute, "unbind")) {
		if (strcmp(function->driver, driver) != 0)
			return -ENODEV;
		driver_set(function, "");
		return 0;
	}
	if (function->driver[0])
		return -EBUSY;
	if (strcmp(function->override, driver) != 0)
		return -ENODEV;
	driver_set(function, driver);
	return 0;
}

/*
 * A write to a file below ROOT/sys.
 *
 * Return: false when it is not one of those that the kernel acts on
 */
static bool sysfs_write(char *path, char *text, int *ret_error)
{
	char *attribute = strrchr(path, '/') + 1;
	char *above;

	attribute[-1] = '\0';
	above = strrchr(path, '/') + 1;
	trim(text);
	if (!strcmp(attribute, "driver_override")) {
		struct function *function = function_find(above);

		*ret_error = function ? 0 : -ENODEV;
		if (!function)
			return true;
		function->touched = true;
		(void)snprintf(function->override, NAME, "%s", text);
		return true;
	}
	if (strcmp(attribute, "bind") && strcmp(attribute, "unbind") &&
	    strcmp(attribute, "drivers_probe"))
		return false;
	*ret_error = bus_write(above, attribute, text);
	return true;
}

/* ---- the calls ---- */

static ssize_t memory_read(pid_t pid, uint64_t address, char *text, size_t size)
{
	char name[NAME];
	ssize_t length;
	int fd;

	(void)snprintf(name, sizeof(name), "/proc/%d/mem", pid);
	fd = open(name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	length = pread(fd, text, size, (off_t)address);
	(void)close(fd);
	return length;
}

static void fd_path(pid_t pid, uint64_t fd, char path[static PATH_MAX])
{
	char name[NAME];
	ssize_t length;

	(void)snprintf(name, sizeof(name), "/proc/%d/fd/%d", pid, (int)fd);
	length = readlink(name, path, PATH_MAX - 1);
	path[length < 0 ? 0 : length] = '\0';
}

/* Return: false when it is not a write below ROOT/sys */
static bool write_find(const struct seccomp_notif *call, char path[static PATH_MAX],
		       char text[static NAME])
{
	size_t length = call->data.args[2] < NAME ? call->data.args[2] : NAME - 1;

	if (call->data.nr != SYS_write)
		return false;
	fd_path((pid_t)call->pid, call->data.args[0], path);
	if (strncmp(path, root, strlen(root)) || strncmp(path + strlen(root), "/sys/", 5))
		return false;
	text[length] = '\0';
	return memory_read((pid_t)call->pid, call->data.args[1], text, length) ==
	       (ssize_t)length;
}

/* The write's effect, when it is one to the bus; *ret_value is what the call returns. */
static bool write_play(const struct seccomp_notif *call, __s64 *ret_value,
		       __s32 *ret_error)
{
	char path[PATH_MAX], text[NAME];
	int error = 0;

	if (!write_find(call, path, text) || !sysfs_write(path, text, &error))
		return false;
	*ret_value = error ? 0 : (__s64)call->data.args[2];
	*ret_error = error;
	return true;
}

/* For a person who looks for the call that went wrong */
static void place_note(const struct seccomp_notif *call)
{
	char path[PATH_MAX] = "";

	if (call->data.nr == SYS_openat || call->data.nr == SYS_readlinkat)
		(void)memory_read((pid_t)call->pid, call->data.args[1], path, NAME);
	else
		fd_path((pid_t)call->pid, call->data.args[0], path);
	path[sizeof(path) - 1] = '\0';
	path[strcspn(path, "\n")] = '\0';
	(void)snprintf(place, sizeof(place), "%d %s", call->data.nr, path);
}

/*
 * A process that ends by itself has only the descriptors open that it was started with.
 */
static void open_note(pid_t pid)
{
	char pattern[NAME];
	unsigned int count = 0;
	glob_t found;

	(void)snprintf(pattern, sizeof(pattern), "/proc/%d/fd/*", pid);
	if (glob(pattern, 0, NULL, &found))
		return; /* all are closed */
	for (size_t i = 0; i < found.gl_pathc; i++)
		count += strtol(strrchr(found.gl_pathv[i], '/') + 1, NULL, 10) > 2;
	globfree(&found);
	if (count > open_max)
		open_max = count;
}

static bool counting_begins(const struct seccomp_notif *call)
{
	char path[PATH_MAX] = "";

	if (children_only)
		return true;
#ifdef SYS_open
	if (call->data.nr == SYS_open)
		return !from_root;
#endif
	if (call->data.nr != SYS_openat || !from_root)
		return call->data.nr == SYS_openat;
	(void)memory_read((pid_t)call->pid, call->data.args[1], path, NAME);
	return !strncmp(path, root, strlen(root)) && !path[strlen(root)];
}

static const char *fault_of(const struct seccomp_notif *call)
{
	if (children_only && (pid_t)call->pid == program)
		return "";
	counting = counting || counting_begins(call);
	if (!counting)
		return "";
	calls++;
	for (size_t i = 0; i < n_faults; i++)
		if (faults[i].at == calls) {
			faults[i].hit = true;
			place_note(call);
			return faults[i].what;
		}
	return "";
}

/* ---- a call that outlives its process ---- */

/*
 * Like a call that waits for a lock in the kernel: a process that is killed in it ends
 * only with the call, and that ends when another process has done its work and waits.
 */
static void held_begin(const struct seccomp_notif *call, bool for_ever)
{
	held.pid = (pid_t)call->pid;
	held.for_ever = for_ever;
	held.is_write = write_find(call, held.path, held.text);
	if (ptrace(PTRACE_SEIZE, held.pid, 0, PTRACE_O_TRACEEXIT))
		die("ptrace");
}

static void held_end(void)
{
	int ignored;

	if (held.is_write && sysfs_write(held.path, held.text, &ignored))
		held.played = true;
	(void)ptrace(PTRACE_DETACH, held.pid, 0, 0);
	held.pid = 0;
}

/* Called when there was no call for a moment */
static void held_look(void)
{
	int status;

	if (!held.pid)
		return;
	if (waitpid(held.pid, &status, WNOHANG | __WALL) == held.pid) {
		if (!WIFSTOPPED(status))
			held.pid = 0;
		else if (status >> 8 == (SIGTRAP | PTRACE_EVENT_EXIT << 8))
			held.killed = true;
		else
			(void)ptrace(PTRACE_CONT, held.pid, 0, WSTOPSIG(status));
	}
	if (held.others && ++held.quiet == QUIET && !held.for_ever)
		held_end();
}

static void held_note(pid_t pid)
{
	held.quiet = 0;
	held.others |= held.killed && pid != held.pid && pid != program;
}

static void call_answer(int listener)
{
	struct seccomp_notif call = { 0 };
	struct seccomp_notif_resp answer = { 0 };
	const char *what;

	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &call))
		return; /* gone meanwhile */
	held_note((pid_t)call.pid);
	if (call.data.nr == SYS_exit_group)
		open_note((pid_t)call.pid);
	what = call.data.nr == SYS_exit_group ? "" : fault_of(&call);
	if (!strcmp(what, "queued") || !strcmp(what, "outlive"))
		held_begin(&call, what[0] == 'o');
	if (!strcmp(what, "hang") || held.pid == (pid_t)call.pid)
		return;
	answer.id = call.id;
	if (what[0] >= '0' && what[0] <= '9') {
		answer.error = -(int)strtol(what, NULL, 10);
	} else if (!strcmp(what, "die") || !strcmp(what, "segv")) {
		(void)kill((pid_t)call.pid, what[0] == 'd' ? SIGKILL : SIGSEGV);
		answer.error = -EINTR;
	} else {
		if (!write_play(&call, &answer.val, &answer.error))
			answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
		if (!strcmp(what, "die-after"))
			(void)kill((pid_t)call.pid, SIGKILL);
		if (!strcmp(what, "term"))
			(void)kill(program, SIGTERM);
	}
	(void)ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
}

/* ---- starting ---- */

/*
 * Not handed over: what waits (how often depends on the clock), what a C library does
 * before main and around fork, and what only frees.
 */
static const int exempt[] = {
	SYS_exit,	  SYS_rt_sigreturn,    SYS_rt_sigprocmask,
	SYS_rt_sigaction, SYS_rt_sigtimedwait, SYS_wait4,
	SYS_waitid,	  SYS_execve,	       SYS_gettid,
	SYS_getpid,	  SYS_set_tid_address, SYS_set_robust_list,
	SYS_munmap,	  SYS_close,	       SYS_futex,
	SYS_nanosleep,	  SYS_clock_nanosleep, SYS_clock_gettime,
	SYS_sendmsg,	  SYS_restart_syscall, SYS_mprotect,
	SYS_brk,	  SYS_prlimit64,       SYS_getrandom,
	SYS_kill,	  SYS_setitimer,       SYS_madvise,
#ifdef SYS_alarm
	SYS_alarm,
#endif
#ifdef SYS_arch_prctl
	SYS_arch_prctl,
#endif
#ifdef SYS_rseq
	SYS_rseq,
#endif
};

static int filter_install(void)
{
	struct sock_filter code[2 * COUNT(exempt) + 2];
	struct sock_fprog filter = { .filter = code };
	unsigned short length = 0;

	code[length++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
						      offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < COUNT(exempt); i++) {
		code[length++] = (struct sock_filter)BPF_JUMP(
			BPF_JMP | BPF_JEQ | BPF_K, (unsigned int)exempt[i], 0, 1);
		code[length++] =
			(struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	}
	code[length++] =
		(struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF);
	filter.len = length;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -1;
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
			    SECCOMP_FILTER_FLAG_NEW_LISTENER, &filter);
}

union control {
	struct cmsghdr head;
	char bytes[CMSG_SPACE(sizeof(int))];
};

static void fd_send(int socket, int fd)
{
	char byte = 0;
	struct iovec data = { .iov_base = &byte, .iov_len = 1 };
	union control control = { 0 };
	struct msghdr message = {
		.msg_iov = &data,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes),
	};

	control.head.cmsg_level = SOL_SOCKET;
	control.head.cmsg_type = SCM_RIGHTS;
	control.head.cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(&control.head), &fd, sizeof(fd));
	if (sendmsg(socket, &message, 0) < 0)
		_exit(125);
}

static int fd_receive(int socket)
{
	char byte;
	struct iovec data = { .iov_base = &byte, .iov_len = 1 };
	union control control = { 0 };
	struct msghdr message = {
		.msg_iov = &data,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes),
	};
	int fd;

	if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC) != 1 || !CMSG_FIRSTHDR(&message))
		die("seccomp");
	memcpy(&fd, CMSG_DATA(&control.head), sizeof(fd));
	return fd;
}

static int program_start(char **argv)
{
	int sockets[2];
	int listener;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets))
		die("socketpair");
	program = fork();
	if (program < 0)
		die("fork");
	if (!program) {
		listener = filter_install();
		if (listener < 0)
			_exit(125);
		fd_send(sockets[1], listener);
		(void)execv(argv[0], argv);
		_exit(125);
	}
	/* With our end open a child that failed would never be noticed. */
	(void)close(sockets[1]);
	listener = fd_receive(sockets[0]);
	(void)close(sockets[0]);
	return listener;
}

static bool option_parse(const char *name, char *value)
{
	char *end;

	if (!strcmp(name, "--native")) {
		struct function *function;

		end = strchr(value, '=');
		if (!end)
			return false;
		*end = '\0';
		function = function_find(value);
		if (!function)
			return false;
		function->touched = true;
		(void)snprintf(function->native, NAME, "%s", end + 1);
		return true;
	}
	if (strcmp(name, "--fault") || n_faults == FAULTS_MAX)
		return false;
	faults[n_faults].at = strtoul(value, &end, 10);
	if (*end != ':')
		return false;
	(void)snprintf(faults[n_faults++].what, NAME, "%s", end + 1);
	return true;
}

/* ---- ending ---- */

static bool is_child_left(void)
{
	return waitpid(-1, NULL, WNOHANG) >= 0 || errno != ECHILD;
}

/* Return: true when none is left */
static bool children_wait(void)
{
	for (int i = 0; i < LEFT_WAIT / 10; i++) {
		if (!is_child_left())
			return true;
		(void)usleep(10000);
	}
	return !is_child_left();
}

static bool override_is(const char *name, const char *text)
{
	char line[2 * NAME] = "";
	FILE *file = fopen(name, "re");
	bool is = file && fgets(line, sizeof(line), file) && !strcmp(line, text);

	if (file)
		(void)fclose(file);
	return is;
}

/* Only what has changed: runs beside this one read the same machine. */
static void overrides_store(void)
{
	for (size_t i = 0; i < n_functions; i++) {
		char name[PATH_MAX + NAME], text[NAME + 2];
		FILE *file;

		(void)snprintf(name, sizeof(name), "%s/driver_override",
			       functions[i].path);
		(void)snprintf(text, sizeof(text), "%s\n",
			       functions[i].override[0] ? functions[i].override :
							  "(null)");
		if (override_is(name, text))
			continue;
		file = fopen(name, "we");
		if (!file)
			die(name);
		(void)fputs(text, file);
		(void)fclose(file);
	}
}

static void result_write(const char *name, int status, bool alone)
{
	FILE *file = fopen(name, "we");
	size_t hits = 0;

	if (!file)
		die(name);
	for (size_t i = 0; i < n_faults; i++)
		hits += faults[i].hit;
	(void)fprintf(file,
		      "calls %lu\nhits %zu\nplace %s\nstatus %d\nsignal %d\nleft %d\n"
		      "open %u\nplayed %d\n",
		      calls, hits, place, WIFEXITED(status) ? WEXITSTATUS(status) : -1,
		      WIFSIGNALED(status) ? WTERMSIG(status) : 0, !alone, open_max,
		      held.played);
	for (size_t i = 0; i < n_functions; i++)
		if (functions[i].touched)
			(void)fprintf(file, "function %s %s %s\n", functions[i].address,
				      functions[i].driver[0] ? functions[i].driver : "-",
				      functions[i].override[0] ? functions[i].override :
								 "-");
	(void)fclose(file);
}

int main(int argc, char **argv)
{
	int status = 0;
	struct pollfd wait = { .events = POLLIN };
	int next = 3;

	if (argc < 5 || !realpath(argv[1], root))
		return 125;
	functions_load();
	while (next < argc && strcmp(argv[next], "--") != 0) {
		if (!strcmp(argv[next], "--children") ||
		    !strcmp(argv[next], "--from-root")) {
			children_only |= argv[next][2] == 'c';
			from_root |= argv[next][2] == 'f';
			next++;
			continue;
		}
		if (next + 1 >= argc || !option_parse(argv[next], argv[next + 1]))
			return 125;
		next += 2;
	}
	if (next + 1 >= argc || prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0))
		return 125;
	wait.fd = program_start(argv + next + 1);
	for (;;) {
		if (poll(&wait, 1, 5) > 0 && wait.revents & POLLIN)
			call_answer(wait.fd);
		else if (waitpid(program, &status, WNOHANG) == program)
			break;
		else
			held_look();
	}
	if (held.pid)
		(void)ptrace(PTRACE_DETACH, held.pid, 0, 0);
	overrides_store();
	result_write(argv[2], status, children_wait());
	return 0;
}
