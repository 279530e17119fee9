// SPDX-License-Identifier: GPL-2.0-or-later
/* Which files are read, in which order, and which are refused. Each test has a root. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "helper-tree.h"
#include "read/config_read.h"

#define CARD(name) "[target " name "]\nid = 10de:1e84\n"
#define NOBODY 65534

static struct tree tree;
static struct sysroot *const root = &tree.root;

static int setup(void **state)
{
	(void)state;
	umask(022);
	tree_make(&tree);
	tree_dir(&tree, CONFIG_DIR);
	tree_dir(&tree, "proc");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	tree_remove(&tree);
	return 0;
}

static void put_bytes(const char *name, mode_t mode, const char *text, size_t length)
{
	int fd = openat(root->fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, length), length);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static void put(const char *name, mode_t mode, const char *text)
{
	put_bytes(name, mode, text, strlen(text));
}

/* The names of all targets, in order. */
static const char *names(const struct config *config)
{
	static char text[CONFIG_TARGETS_MAX * (CONFIG_NAME_MAX + 1)];
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < config->n_targets; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s",
					 i ? " " : "", config->targets[i].name);
	return text;
}

static void assert_fault(const struct config *config, int error, const char *want)
{
	assert_string_equal(config->fault.text, want);
	assert_int_equal(config->fault.error, error);
	assert_true(config->invalid);
}

/* The same with the root's path at %s. */
static void assert_fault_typed(const struct config *config, int error, const char *before,
			       const char *after)
{
	char want[SYSROOT_PATH_MAX + FAULT_TEXT_MAX];

	snprintf(want, sizeof(want), "%s%s%s", before, root->path, after);
	assert_fault(config, error, want);
}

/* ---- what is read ---- */

static void test_nothing(void **state)
{
	struct config config, fresh;

	(void)state;
	config_init(&fresh);
	assert_int_equal(config_read(root, NULL, "quiet", &config), 0);
	assert_int_equal(config.n_files, 0);
	assert_int_equal(config.n_targets, 0);
	assert_false(config.invalid);
	assert_true(config.hash == fresh.hash);
	assert_int_equal(unlinkat(root->fd, CONFIG_DIR, AT_REMOVEDIR), 0);
	assert_int_equal(config_read(root, NULL, "", &config), 0);
	assert_int_equal(config.n_files, 0);
}

static void test_order(void **state)
{
	struct config config;

	(void)state;
	put(CONFIG_PATH, 0644, CARD("main"));
	put(CONFIG_DIR "/b.conf", 0644, CARD("b"));
	put(CONFIG_DIR "/10.conf", 0600, CARD("ten"));
	put(CONFIG_DIR "/9.conf", 0444, CARD("nine"));
	put(CONFIG_DIR "/B.conf", 0644, CARD("B"));
	put(CONFIG_DIR "/\xc3\xa4.conf", 0644, CARD("umlaut"));
	put(CONFIG_DIR "/.hidden.conf", 0644, "bad");
	put(CONFIG_DIR "/.conf", 0644, "bad");
	put(CONFIG_DIR "/a.conf~", 0644, "bad");
	put(CONFIG_DIR "/a.conf.dpkg-new", 0644, "bad");
	put(CONFIG_DIR "/README", 0644, "bad");
	assert_int_equal(config_read(root, NULL, "vfio_early.target=1002:67df", &config),
			 0);
	assert_string_equal(names(&config), "main ten nine B b umlaut cmdline-1");
	assert_int_equal(config.n_files, 6);
	assert_string_equal(config.targets[0].file, "/etc/vfio-early.conf");
	assert_string_equal(config.targets[1].file, "/etc/vfio-early.conf.d/10.conf");
	assert_string_equal(config.targets[5].file,
			    "/etc/vfio-early.conf.d/\\xc3\\xa4.conf");
}

static void test_given_file(void **state)
{
	struct config config;
	char path[600];

	(void)state;
	put(CONFIG_PATH, 0644, "bad");
	put(CONFIG_DIR "/a.conf", 0644, "bad");
	put("mine", 0644, CARD("mine"));
	snprintf(path, sizeof(path), "%s/mine", root->path);
	assert_int_equal(config_read(root, path,
				     "vfio_early.target=1002:67df vfio_early.mode=plan",
				     &config),
			 0);
	assert_string_equal(names(&config), "mine cmdline-1");
	assert_int_equal(config.n_files, 1);
	assert_int_equal(config.mode, CONFIG_MODE_PLAN);
	assert_string_equal(config.targets[0].file, path);
}

static void test_given_file_is_missing(void **state)
{
	struct config config;

	(void)state;
	assert_int_equal(config_read(root, "/nonexistent/x", "vfio_early.mode=off",
				     &config),
			 -ENOENT);
	assert_fault(&config, -ENOENT, "/nonexistent/x: No such file or directory");
	assert_int_equal(config.n_files, 1);
	assert_int_equal(config.mode, CONFIG_MODE_OFF);
}

static void test_all_are_read_after_a_bad_one(void **state)
{
	struct config config;

	(void)state;
	put(CONFIG_PATH, 0644, CARD("main") CARD("other") "bad\n");
	put(CONFIG_DIR "/a.conf", 0666, CARD("a"));
	put(CONFIG_DIR "/b.conf", 0644, CARD("b"));
	assert_int_equal(config_read(root, NULL, "vfio_early.x vfio_early.mode=off",
				     &config),
			 -EINVAL);
	assert_fault(&config, -EINVAL,
		     "/etc/vfio-early.conf:5: found \"bad\", expected KEY = VALUE or "
		     "[target NAME]");
	assert_string_equal(names(&config), "main b");
	assert_int_equal(config.n_files, 3);
	assert_int_equal(config.mode, CONFIG_MODE_OFF);
}

static void test_bad_command_line(void **state)
{
	struct config config;

	(void)state;
	put(CONFIG_PATH, 0644, CARD("main"));
	assert_int_equal(config_read(root, NULL, "vfio_early.mode=of", &config), -EINVAL);
	assert_fault(&config, -EINVAL,
		     "kernel command line: found vfio_early.mode = \"of\", expected on, "
		     "plan or off");
}

/* ---- what is refused ---- */

static void test_others_may_write(void **state)
{
	struct config config;

	(void)state;
	put(CONFIG_PATH, 0664, CARD("main"));
	assert_int_equal(config_read(root, NULL, "", &config), -EPERM);
	assert_fault_typed(
		&config, -EPERM,
		"/etc/vfio-early.conf: users other than its owner can write to it; "
		"type: chmod go-w ",
		"/etc/vfio-early.conf");
	assert_int_equal(config.n_targets, 0);
	assert_int_equal(config.n_files, 1);
	put(CONFIG_PATH, 0646, CARD("main"));
	assert_int_equal(config_read(root, NULL, "", &config), -EPERM);
	put(CONFIG_PATH, 0644, CARD("main"));
	put(CONFIG_DIR "/a.conf", 0602, CARD("a"));
	assert_int_equal(config_read(root, NULL, "", &config), -EPERM);
	assert_fault_typed(&config, -EPERM,
			   "/etc/vfio-early.conf.d/a.conf: users other than its owner "
			   "can write to it; type: chmod go-w ",
			   "/etc/vfio-early.conf.d/a.conf");
}

/* The right to add a file to the directory is the right to write a config. */
static void test_others_may_add(void **state)
{
	struct config config;

	(void)state;
	put(CONFIG_DIR "/a.conf", 0644, CARD("a"));
	assert_int_equal(fchmodat(root->fd, CONFIG_DIR, 01777, 0), 0);
	assert_int_equal(config_read(root, NULL, "", &config), -EPERM);
	assert_fault_typed(
		&config, -EPERM,
		"/etc/vfio-early.conf.d: users other than its owner can write to it; "
		"type: chmod go-w ",
		"/etc/vfio-early.conf.d");
	assert_true(config.invalid);
	assert_int_equal(fchmodat(root->fd, CONFIG_DIR, 0755, 0), 0);
	assert_int_equal(config_read(root, NULL, "", &config), 0);
}

/*
 * Only root can give a file away. Run by another user, the file is that user's own, which
 * is refused for the same reason.
 */
static void test_not_of_root(void **state)
{
	struct config config;

	(void)state;
	put(CONFIG_PATH, 0644, CARD("main"));
	if (!geteuid())
		assert_int_equal(fchownat(root->fd, CONFIG_PATH, NOBODY, NOBODY, 0), 0);
	assert_int_equal(config_read(root, NULL, "", &config), 0);
	root->live = true;
	assert_int_equal(config_read(root, NULL, "", &config), -EPERM);
	assert_fault_typed(&config, -EPERM,
			   "/etc/vfio-early.conf: it is not owned by root; type: chown "
			   "root ",
			   "/etc/vfio-early.conf");
}

/* The given file may be the caller's own. */
static void test_given_file_of_the_caller(void **state)
{
	struct config config;
	char path[600];

	(void)state;
	put("mine", 0644, CARD("mine"));
	snprintf(path, sizeof(path), "%s/mine", root->path);
	root->live = true;
	assert_int_equal(config_read(root, path, "", &config), 0);
	assert_string_equal(names(&config), "mine");
}

static void test_too_long(void **state)
{
	static char text[CONFIG_SIZE_MAX + 1];
	struct config config;

	(void)state;
	memset(text, '\n', sizeof(text));
	memcpy(text, CARD("main"), sizeof(CARD("main")) - 1);
	put_bytes(CONFIG_PATH, 0644, text, CONFIG_SIZE_MAX);
	assert_int_equal(config_read(root, NULL, "", &config), 0);
	assert_int_equal(config.n_targets, 1);
	put_bytes(CONFIG_PATH, 0644, text, CONFIG_SIZE_MAX + 1);
	assert_int_equal(config_read(root, NULL, "", &config), -EFBIG);
	assert_fault(&config, -EFBIG,
		     "/etc/vfio-early.conf: expected at most 65536 bytes");
}

static void test_not_a_file(void **state)
{
	struct config config;

	(void)state;
	assert_int_equal(mkdirat(root->fd, CONFIG_PATH, 0755), 0);
	assert_int_equal(config_read(root, NULL, "", &config), -EINVAL);
	assert_fault(&config, -EINVAL, "/etc/vfio-early.conf: expected a regular file");
}

static void test_named_pipe(void **state)
{
	struct config config;

	(void)state;
	assert_int_equal(mkfifoat(root->fd, CONFIG_DIR "/a.conf", 0644), 0);
	assert_int_equal(config_read(root, NULL, "", &config), -EINVAL);
	assert_fault(&config, -EINVAL,
		     "/etc/vfio-early.conf.d/a.conf: expected a regular file");
}

static void test_link_to_nothing(void **state)
{
	struct config config;

	(void)state;
	assert_int_equal(symlinkat("nowhere", root->fd, CONFIG_PATH), 0);
	assert_int_equal(config_read(root, NULL, "", &config), -ENOENT);
	assert_fault(&config, -ENOENT, "/etc/vfio-early.conf: No such file or directory");
	assert_int_equal(config.n_files, 1);
}

static void test_link_to_a_file(void **state)
{
	struct config config;

	(void)state;
	put("elsewhere", 0644, CARD("main"));
	assert_int_equal(symlinkat("../elsewhere", root->fd, CONFIG_PATH), 0);
	assert_int_equal(config_read(root, NULL, "", &config), 0);
	assert_string_equal(names(&config), "main");
}

static void test_drop_ins_are_no_directory(void **state)
{
	struct config config;

	(void)state;
	assert_int_equal(unlinkat(root->fd, CONFIG_DIR, AT_REMOVEDIR), 0);
	put(CONFIG_DIR, 0644, "");
	assert_int_equal(config_read(root, NULL, "", &config), -ENOTDIR);
	assert_fault(&config, -ENOTDIR, "/etc/vfio-early.conf.d: Not a directory");
	assert_int_equal(unlinkat(root->fd, CONFIG_DIR, 0), 0);
	assert_int_equal(symlinkat("nowhere", root->fd, CONFIG_DIR), 0);
	assert_int_equal(config_read(root, NULL, "", &config), -ENOENT);
	assert_fault(&config, -ENOENT,
		     "/etc/vfio-early.conf.d: No such file or directory");
	assert_int_equal(config.n_files, 1);
}

static void test_too_many_drop_ins(void **state)
{
	struct config config;
	char name[64];

	(void)state;
	for (unsigned int i = 0; i <= CONFIG_DROP_INS_MAX; i++) {
		snprintf(name, sizeof(name), CONFIG_DIR "/%u.conf", i);
		put(name, 0644, "");
		if (i == CONFIG_DROP_INS_MAX - 1)
			assert_int_equal(config_read(root, NULL, "", &config), 0);
	}
	assert_int_equal(config.n_files, CONFIG_DROP_INS_MAX);
	assert_int_equal(config_read(root, NULL, "", &config), -E2BIG);
	assert_fault(&config, -E2BIG,
		     "/etc/vfio-early.conf.d: expected at most 64 files");
}

/* ---- the hash ---- */

static uint64_t hash_now(void)
{
	struct config config;

	(void)config_read(root, NULL, "", &config);
	return config.hash;
}

static void test_hash(void **state)
{
	uint64_t before;
	char text[CONFIG_WORD_MAX];
	struct config config, want;

	(void)state;
	put(CONFIG_PATH, 0644, CARD("main"));
	before = hash_now();
	config_init(&want);
	config_hash_add(&want, "etc/vfio-early.conf", CARD("main"),
			sizeof(CARD("main")) - 1);
	assert_true(before == want.hash);
	put(CONFIG_DIR "/a.conf", 0644, "");
	assert_true(hash_now() != before);
	assert_int_equal(unlinkat(root->fd, CONFIG_DIR "/a.conf", 0), 0);
	assert_true(hash_now() == before);
	put(CONFIG_PATH, 0644, CARD("main") "\n");
	assert_true(hash_now() != before);

	config_init(&config);
	config_hash_format(&config, text);
	assert_string_equal(text, "fnv1a64:cbf29ce484222325");
	config.hash = 1;
	config_hash_format(&config, text);
	assert_string_equal(text, "fnv1a64:0000000000000001");
}

/* ---- the command line and the image ---- */

static void test_cmdline(void **state)
{
	static char text[CMDLINE_MAX + 1], cmdline[CMDLINE_MAX];

	(void)state;
	strcpy(cmdline, "before");
	assert_int_equal(config_read_cmdline(root, cmdline), -ENOENT);
	assert_string_equal(cmdline, "");
	put("proc/cmdline", 0644, "quiet \"a b\" ro\n");
	assert_int_equal(config_read_cmdline(root, cmdline), 0);
	assert_string_equal(cmdline, "quiet \"a b\" ro");
	memset(text, 'x', sizeof(text));
	put_bytes("proc/cmdline", 0644, text, CMDLINE_MAX - 1);
	assert_int_equal(config_read_cmdline(root, cmdline), 0);
	assert_int_equal(strlen(cmdline), CMDLINE_MAX - 1);
	put_bytes("proc/cmdline", 0644, text, CMDLINE_MAX + 1);
	assert_int_equal(config_read_cmdline(root, cmdline), -EFBIG);
	assert_string_equal(cmdline, "");
}

static void test_image(void **state)
{
	struct image image;

	(void)state;
	memset(&image, 'x', sizeof(image));
	config_read_image(root, &image);
	assert_string_equal(image.generator, "");
	assert_string_equal(image.version, "");
	assert_string_equal(image.config_hash, "");
	put(CONFIG_IMAGE_PATH, 0644,
	    "# written by the hook\n[image]\ngenerator = dracut\nversion = 0.1\n"
	    "later = unknown\nconfig_hash = fnv1a64:0123456789abcdef\n[later]\nx = y\n");
	config_read_image(root, &image);
	assert_string_equal(image.generator, "dracut");
	assert_string_equal(image.version, "0.1");
	assert_string_equal(image.config_hash, "fnv1a64:0123456789abcdef");
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_nothing),
		TEST(test_order),
		TEST(test_given_file),
		TEST(test_given_file_is_missing),
		TEST(test_all_are_read_after_a_bad_one),
		TEST(test_bad_command_line),
		TEST(test_others_may_write),
		TEST(test_others_may_add),
		TEST(test_not_of_root),
		TEST(test_given_file_of_the_caller),
		TEST(test_too_long),
		TEST(test_not_a_file),
		TEST(test_named_pipe),
		TEST(test_link_to_nothing),
		TEST(test_link_to_a_file),
		TEST(test_drop_ins_are_no_directory),
		TEST(test_too_many_drop_ins),
		TEST(test_hash),
		TEST(test_cmdline),
		TEST(test_image),
	};

	return cmocka_run_group_tests_name("config_read", tests, NULL, NULL);
}
