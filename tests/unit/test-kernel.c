// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The way in which a plan changes the machine, on files (apply/kernel.h); and modules
 * that libkmod inserts into a kernel that only notes them: its system calls are trapped.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include <cmocka.h>
#include <libkmod.h>

#include "apply/kernel.h"
#include "apply/screen.h"
#include "base/array.h"
#include "helper-modules.h"
#include "helper-tree.h"
#include "read/kept.h"
#include "read/pci.h"

#define CARD "0000:09:00.0"
#define CARD_PATH "sys/devices/pci0000:00/" CARD
#define EFI "efi-framebuffer.0"
#define DRIVER "sys/bus/pci/drivers/vfio-pci"

static struct host host;
static struct fault fault;
static struct tree tree;
static struct kernel kernel;

static int setup(void **state)
{
	memset(&host, 0, sizeof(host));
	tree_make(&tree);
	tree_function(&tree, "pci0000:00/" CARD, "10de:1e84", 0x030000, -1);
	tree_attribute(&tree, CARD, "driver_override", "(null)\n");
	assert_int_equal(pci_read(&tree.root, &host, &fault), 0);
	kernel = kernel_of_sysroot(&tree.root);
	*state = &tree;
	return 0;
}

/* ---- errors of the files ---- */

static int look(void)
{
	struct host_function function = *host_at(&host, CARD);

	return kernel.look(kernel.context, &function, &fault);
}

static int override(void)
{
	return kernel.write(kernel.context, host_at(&host, CARD), KERNEL_OVERRIDE,
			    "vfio-pci", &fault);
}

static int driver(void)
{
	char name[HOST_NAME_MAX];

	return kernel.driver(kernel.context, host_at(&host, CARD), name, &fault);
}

static int list(void)
{
	static const struct host_driver vfio = { .name = "vfio-pci" };
	static struct kernel_list functions;

	return kernel.list(kernel.context, &vfio, &functions, &fault);
}

static int load(void)
{
	static const struct host_driver vfio = { .module = "vfio_pci" };
	char left_out[MODULE_LEFT_OUT_MAX] = "";

	return kernel.load(kernel.context, &vfio, left_out, &fault);
}

static unsigned int descriptors_open(void)
{
	unsigned int count = 0;

	for (int fd = 0; fd < 256; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

/* What is @put there, or a link to itself, in place of @path */
static void test_faults(void **state)
{
	static const struct {
		int (*call)(void);
		const char *path;
		const char *put; /* "@": a link to itself; "/": a directory; NULL: none */
		int error;
	} rows[] = {
		{ look, "sys/bus/pci/devices/" CARD, NULL, -ESTALE },
		{ look, "sys/bus/pci/devices/" CARD, "x", -ENOTDIR },
		{ look, CARD_PATH "/driver_override", NULL, -EIO },
		{ look, CARD_PATH "/vendor", "0x10dee\n", -EIO },
		{ look, CARD_PATH "/device", "\n", -EIO },
		{ override, "sys/bus/pci/devices/" CARD, NULL, -ESTALE },
		{ override, CARD_PATH "/vendor", NULL, -ESTALE },
		{ override, CARD_PATH "/vendor", "0x1002\n", -ESTALE },
		{ override, CARD_PATH "/vendor", "@", -ELOOP },
		{ override, CARD_PATH "/device", "none\n", -EINVAL },
		{ override, CARD_PATH "/device", "0x1e85\n", -ESTALE },
		{ override, CARD_PATH "/driver_override", "/", -EISDIR },
		{ driver, CARD_PATH "/driver", "x", -EINVAL },
		{ driver, CARD_PATH "/vendor", NULL, -ESTALE },
		{ list, DRIVER, NULL, 0 },
		{ list, DRIVER, "x", -ENOTDIR },
		{ load, DRIVER, NULL, -EOPNOTSUPP },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *path = rows[i].path;
		unsigned int before = descriptors_open();

		if (sysroot_exists(tree.root.fd, path))
			tree_delete(&tree, path);
		if (rows[i].put && !strcmp(rows[i].put, "@"))
			tree_link(&tree, strrchr(path, '/') + 1, "%s", path);
		else if (rows[i].put && !strcmp(rows[i].put, "/"))
			tree_dir(&tree, path);
		else if (rows[i].put)
			tree_put(&tree, rows[i].put, "%s", path);
		fault.text[0] = '\0';
		if (rows[i].call() != rows[i].error)
			fail_msg("row %zu: %s", i, fault.text);
		assert_true(!rows[i].error || fault.text[0]);
		assert_int_equal(descriptors_open(), before);
		(void)tree_teardown(state);
		(void)setup(state);
	}
}

/* The kernel takes nothing: a full disk has the same effect on a file. */
static void test_no_write(void **state)
{
	struct rlimit before, none;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	none = before;
	none.rlim_cur = 0;
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
	assert_int_equal(override(), -EFBIG);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_non_null(strstr(fault.text, CARD ": driver_override: "));
}

/* Each attribute is a file of its own, and gets what the kernel expects there. */
static void test_writes(void **state)
{
	static const struct {
		enum kernel_attribute attribute;
		const char *value;
		const char *path;
		const char *text;
	} rows[] = {
		{ KERNEL_OVERRIDE, "vfio-pci", CARD_PATH "/driver_override", "vfio-pci" },
		{ KERNEL_OVERRIDE, "", CARD_PATH "/driver_override", "" },
		{ KERNEL_UNBIND, "", CARD_PATH "/driver/unbind", CARD },
		{ KERNEL_BIND, "vfio-pci", DRIVER "/bind", CARD },
		{ KERNEL_PROBE, "", "sys/bus/pci/drivers_probe", CARD },
	};
	char text[64];
	unsigned int before = descriptors_open();

	(void)state;
	tree_put(&tree, "", CARD_PATH "/driver/unbind");
	tree_put(&tree, "", DRIVER "/bind");
	tree_put(&tree, "", "sys/bus/pci/drivers_probe");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(kernel.write(kernel.context, host_at(&host, CARD),
					      rows[i].attribute, rows[i].value, &fault),
				 0);
		assert_true(sysroot_read(tree.root.fd, rows[i].path, text,
					 sizeof(text)) >= 0);
		assert_string_equal(text, rows[i].text);
	}
	assert_int_equal(descriptors_open(), before);
}

/* A far function is looked at when it counts: its id and its override of now. */
static void test_look(void **state)
{
	struct host_function function = *host_at(&host, CARD);

	(void)state;
	tree_attribute(&tree, CARD, "device", "0x1e85\n");
	assert_int_equal(kernel.look(kernel.context, &function, &fault), 0);
	assert_int_equal(function.id.device, 0x1e85);
	assert_string_equal(function.override, "");
	tree_attribute(&tree, CARD, "driver_override", "vfio-pci\n");
	assert_int_equal(kernel.look(kernel.context, &function, &fault), 0);
	assert_string_equal(function.override, "vfio-pci");
	tree_attribute(&tree, CARD, "driver_override", "\n");
	assert_int_equal(kernel.look(kernel.context, &function, &fault), 0);
	assert_string_equal(function.override, "");
}

static void test_driver(void **state)
{
	char name[HOST_NAME_MAX] = "x";

	(void)state;
	assert_int_equal(
		kernel.driver(kernel.context, host_at(&host, CARD), name, &fault), 0);
	assert_string_equal(name, "");
	tree_link(&tree, "../../../bus/pci/drivers/nouveau", CARD_PATH "/driver");
	assert_int_equal(
		kernel.driver(kernel.context, host_at(&host, CARD), name, &fault), 0);
	assert_string_equal(name, "nouveau");
}

static void test_list(void **state)
{
	static const struct host_driver vfio = { .name = "vfio-pci" };
	static struct kernel_list functions = { .n = 1 }; /* of before */

	(void)state;
	tree_put(&tree, "", DRIVER "/bind");
	tree_link(&tree, "../../../../module/vfio_pci", DRIVER "/module");
	tree_link(&tree, "../../../../devices/pci0000:00/" CARD, DRIVER "/" CARD);
	assert_int_equal(kernel.list(kernel.context, &vfio, &functions, &fault), 0);
	assert_int_equal(functions.n, 1);
	assert_int_equal(functions.at[0].bus, 9);
	for (unsigned int i = 0; i < KERNEL_LIST_MAX; i++)
		tree_put(&tree, "", DRIVER "/0001:%02x:%02x.%u", i >> 8, i >> 3 & 31,
			 i & 7);
	assert_int_equal(kernel.list(kernel.context, &vfio, &functions, &fault), -E2BIG);
	assert_non_null(strstr(fault.text, "more than 1024 functions"));
}

/* ---- what stays open ---- */

static int gone = -1; /* a file of a function that has gone */

ssize_t pread(int fd, void *buffer, size_t size, off_t offset)
{
	if (fd >= 0 && fd == gone) {
		errno = ENODEV;
		return -1;
	}
	return syscall(SYS_pread64, fd, buffer, size, offset);
}

static void assert_holds(const char *path, const char *expected)
{
	int fd = openat(tree.root.fd, path, O_RDONLY | O_CLOEXEC);
	char text[64] = "";

	assert_true(read(fd, text, sizeof(text) - 1) >= 0);
	assert_string_equal(text, expected);
	close(fd);
}

static struct kept_function *card_keep(struct kept *kept, int flags)
{
	int dir = openat(tree.root.fd, CARD_PATH, O_DIRECTORY | O_CLOEXEC);
	int override = flags < 0 ? -1 : openat(tree.root.fd, "open", flags | O_CLOEXEC);

	assert_true(dir >= 0 && (flags < 0 || override >= 0));
	tree.root.kept = kept;
	return kept_add(kept, &host_at(&host, CARD)->address, dir, override);
}

/* What is written goes into the open file, which shows that the function is there. */
static void test_kept_override(void **state)
{
	struct kept kept = KEPT_NONE;
	struct kept_function *card;

	(void)state;
	tree_put(&tree, "", "open");
	card = card_keep(&kept, O_RDWR);
	tree_delete(&tree, CARD_PATH "/device");
	assert_int_equal(override(), 0);
	assert_holds("open", "vfio-pci");
	assert_holds(CARD_PATH "/driver_override", "(null)\n");
	assert_int_equal(kernel.write(kernel.context, host_at(&host, CARD),
				      KERNEL_OVERRIDE, "", &fault),
			 0);
	assert_holds("open", "vfio-pci\n");
	assert_int_equal(driver(), 0);
	assert_int_equal(kept.n, 1);
	gone = card->override;
	assert_int_equal(driver(), -ESTALE);
	assert_string_equal(fault.text, CARD ": the function is gone");
	assert_int_equal(kept.n, 0);
	gone = -1;
	(void)card_keep(&kept, O_WRONLY);
	assert_int_equal(override(), -EBADF);
	assert_non_null(strstr(fault.text, CARD ": driver_override: "));
	assert_int_equal(kept.n, 0);
	(void)card_keep(&kept, O_RDONLY);
	assert_int_equal(override(), -EBADF);
	assert_int_equal(kept.n, 1);
	kept_done(&kept);
}

/* Without it the id shows that. */
static void test_kept_id(void **state)
{
	struct kept kept = KEPT_NONE;
	struct kept_function *card = card_keep(&kept, -1);

	(void)state;
	assert_int_equal(driver(), 0);
	assert_true(card->device >= 0);
	gone = card->device;
	assert_int_equal(driver(), -ESTALE);
	assert_string_equal(fault.text, CARD ": the function is gone");
	assert_int_equal(kept.n, 0);
	gone = -1;
	kept_done(&kept);
}

static int bind_to(const char *name)
{
	return kernel.write(kernel.context, host_at(&host, CARD), KERNEL_BIND, name,
			    &fault);
}

/* On the running machine the file of a driver is opened once, for all functions. */
static void test_kept_bind(void **state)
{
	struct kept kept = KEPT_NONE;
	unsigned int before = descriptors_open();

	(void)state;
	(void)card_keep(&kept, -1);
	tree_put(&tree, "", DRIVER "/bind");
	tree_put(&tree, "", "sys/bus/pci/drivers/other/bind");
	assert_int_equal(bind_to("vfio-pci"), 0);
	assert_int_equal(kept.bind, -1);
	tree.root.live = true;
	for (int i = 0; i < 2; i++)
		assert_int_equal(bind_to("vfio-pci"), 0);
	assert_holds(DRIVER "/bind", CARD CARD);
	assert_int_equal(bind_to("other"), 0);
	assert_holds("sys/bus/pci/drivers/other/bind", CARD);
	assert_holds(DRIVER "/bind", CARD CARD);
	assert_int_equal(bind_to("none"), -ENOENT);
	assert_non_null(strstr(fault.text, "/none/bind: "));
	assert_int_equal(bind_to("none"), -ENOENT);
	tree_put(&tree, "", "sys/bus/pci/drivers/none/bind");
	assert_int_equal(bind_to("none"), 0);
	assert_holds("sys/bus/pci/drivers/none/bind", CARD);
	kept_done(&kept);
	assert_int_equal(descriptors_open(), before);
}

/* What is released is restored. */
static void test_screen(void **state)
{
	static const char *const override = "sys/devices/platform/" EFI
					    "/driver_override";
	const struct host_function *function = host_at(&host, CARD);

	(void)state;
	tree_put(&tree, "(null)\n", "%s", override);
	tree_put(&tree, "", "sys/bus/platform/drivers_probe");
	tree_link(&tree, "../../../devices/platform/" EFI,
		  "sys/bus/platform/devices/" EFI);
	assert_int_equal(kernel.screen(kernel.context, function, KERNEL_SCREEN_RELEASE,
				       &fault),
			 0);
	assert_holds(override, "vfio-early");
	assert_int_equal(kernel.screen(kernel.context, function, KERNEL_SCREEN_RESTORE,
				       &fault),
			 0);
	assert_holds(override, "\n");
}

/* The other calls reach what has tests of its own, and the clock goes on. */
static void test_others(void **state)
{
	uint64_t before = kernel.now(kernel.context);
	const struct host_function *function = host_at(&host, CARD);
	char owner[HOST_NAME_MAX] = "x";

	(void)state;
	kernel.pause(kernel.context);
	assert_true(kernel.now(kernel.context) >= before + 1000);
	screen_console_off(&tree.root); /* there is none */
	tree_put(&tree, "", "proc/iomem");
	(void)kernel.holder(kernel.context, function, owner, &fault);
}

/* ---- modules, and a kernel that notes them ---- */

#define FIRST "vfio_early_t_first"
#define CORE "vfio_early_t_core"
#define CARDS "vfio_early_t_cards"
#define LATE "vfio_early_t_late"
#define STRANGER "early_t_stranger"
#define BUILTIN "vfio_early_t_builtin"
#define LUCKY "vfio_early_t_lucky"

/* What was inserted: "NAME(options) ..."; @refuse, @refuse_error: the answer to one */
static char inserted[1024];
static const char *refuse;
static int refuse_error;

static int insertion_note(int fd, const char *options)
{
	char link[64], path[TREE_NAME_MAX] = "", module[128], *name;
	size_t used = strlen(inserted);

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	if (readlink(link, path, sizeof(path) - 1) < 0)
		return -errno;
	name = strrchr(path, '/') + 1;
	name[strcspn(name, ".")] = '\0';
	(void)snprintf(module, sizeof(module), "%s(", name);
	if (strstr(inserted, module))
		return -EEXIST;
	(void)snprintf(inserted + used, sizeof(inserted) - used, "%s%s%s)",
		       used ? " " : "", module, options);
	return refuse && !strcmp(refuse, name) ? -refuse_error : 0;
}

/* finit_module(fd, options, flags), x86-64 */
static void trapped(int number, siginfo_t *info, void *context)
{
	greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;

	(void)number;
	(void)info;
	registers[REG_RAX] =
		insertion_note((int)registers[REG_RDI], (const char *)registers[REG_RSI]);
}

/* In the test: cmocka has a handler of its own around each. */
static void kernel_replace(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_finit_module, 2, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_init_module, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
	};
	const struct sock_fprog program = { ARRAY_SIZE(code), code };
	const struct sigaction action = { .sa_sigaction = trapped,
					  .sa_flags = SA_SIGINFO | SA_NODEFER };

	assert_int_equal(sigaction(SIGSYS, &action, NULL), 0);
	assert_int_equal(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	assert_int_equal(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
}

static void modules_put(void)
{
	tree_put(&tree, "", MODULES "/modules.order");
	tree_put(&tree, "kernel/" BUILTIN ".ko\n", MODULES "/modules.builtin");
	module_make(&tree, LUCKY, "softdep=pre: " BUILTIN, NULL, NULL);
	module_make(&tree, FIRST, "name=" FIRST, "t_first", NULL);
	module_make(&tree, CORE, "name=" CORE, "t_core", "t_first");
	module_make(&tree, LATE, "name=" LATE, NULL, "t_first");
	module_make(&tree, STRANGER, "name=" STRANGER, NULL, NULL);
	module_make(&tree, CARDS, "softdep=pre: " STRANGER " " FIRST " post: " LATE, NULL,
		    "t_core");
	index_make(&tree);
	tree_put(&tree,
		 "options " CARDS " ids=10de:1e84 disable_vga=1\n"
		 "options " STRANGER " ids=1:2\n",
		 "etc/modprobe.d/t.conf");
}

/* libkmod on the tree, in a root that counts as the running machine */
static int module_try(const char *name, char left_out[static MODULE_LEFT_OUT_MAX])
{
	char modules[TREE_NAME_MAX], config[TREE_NAME_MAX];
	const char *const configs[] = { config, NULL };
	const struct host_driver named = { .module = "" };
	struct host_driver driver_of = named;
	struct sysroot root = tree.root;
	struct kmod_ctx *kmod;
	struct kernel live;
	int error;

	(void)snprintf(modules, sizeof(modules), "%s/" MODULES, tree.path);
	(void)snprintf(config, sizeof(config), "%s/etc/modprobe.d", tree.path);
	kmod = kmod_new(modules, configs);
	assert_non_null(kmod);
	root.live = true;
	root.contained = true;
	root.modules = &kmod;
	live = kernel_of_sysroot(&root);
	(void)snprintf(driver_of.module, sizeof(driver_of.module), "%s", name);
	inserted[0] = '\0';
	error = live.load(live.context, &driver_of, left_out, &fault);
	kmod_unref(kmod);
	return error;
}

static void test_modules(void **state)
{
	static const struct {
		const char *name;
		const char *refuse; /* with @refuse_error */
		int refuse_error;
		int error;
		const char *inserted;
		const char *says; /* what was left out, or the fault */
	} rows[] = {
		{ CARDS, NULL, 0, 0,
		  FIRST "() " CORE "() " CARDS "(disable_vga=1) " LATE "()",
		  CARDS ": " STRANGER ", " CARDS ": ids=10de:1e84" },
		/* another was faster */
		{ CARDS, CARDS, EEXIST, 0,
		  FIRST "() " CORE "() " CARDS "(disable_vga=1) " LATE "()", "" },
		/* a softdep may fail, a dependency may not */
		{ CARDS, LATE, ENODEV, 0,
		  FIRST "() " CORE "() " CARDS "(disable_vga=1) " LATE "()", "" },
		{ CARDS, CORE, EKEYREJECTED, -EKEYREJECTED, FIRST "() " CORE "()",
		  "module " CARDS ": " CORE " cannot be inserted: " },
		{ CARDS, CARDS, EPERM, -EPERM,
		  FIRST "() " CORE "() " CARDS "(disable_vga=1)",
		  "module " CARDS ": " CARDS " cannot be inserted: " },
		{ STRANGER, NULL, 0, 0, STRANGER "(ids=1:2)", "" },
		/* what is there already */
		{ LUCKY, NULL, 0, 0, LUCKY "()", "" },
		{ BUILTIN, NULL, 0, 0, "", "" },
		{ "vfio_early_t_none", NULL, 0, -ENOENT, "", "there is none" },
	};

	(void)state;
	modules_put();
	kernel_replace();
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char left_out[MODULE_LEFT_OUT_MAX] = "";

		fault.text[0] = '\0';
		refuse = rows[i].refuse;
		refuse_error = rows[i].refuse_error;
		if (module_try(rows[i].name, left_out) != rows[i].error)
			fail_msg("row %zu: %s", i, fault.text);
		if (strcmp(inserted, rows[i].inserted) != 0)
			fail_msg("row %zu: %s", i, inserted);
		if (!strstr(rows[i].error ? fault.text : left_out, rows[i].says))
			fail_msg("row %zu: %s%s", i, fault.text, left_out);
	}
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_faults),  TEST(test_no_write),  TEST(test_writes),
		TEST(test_look),    TEST(test_driver),	  TEST(test_list),
		TEST(test_screen),  TEST(test_others),	  TEST(test_kept_override),
		TEST(test_kept_id), TEST(test_kept_bind), TEST(test_modules),
	};

	return cmocka_run_group_tests_name("kernel", tests, NULL, NULL);
}
