// SPDX-License-Identifier: GPL-2.0-or-later
#include "companion/library.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "base/status.h"

/* The Makefile gets the names from the libraries that this is compiled for. */
#define TEXT(words) #words
#define TEXT_OF(macro) TEXT(macro)
#define KMOD TEXT_OF(SONAME_kmod)
#define ARCHIVE TEXT_OF(SONAME_archive)
#define XML2 TEXT_OF(SONAME_xml2)

struct library library_kmod = {
	.soname = KMOD,
	.packages = "libkmod2 (Debian, Ubuntu), kmod-libs (Fedora), kmod (Arch)",
};

struct library library_archive = {
	.soname = ARCHIVE,
	.packages = "libarchive13 or libarchive13t64 (Debian, Ubuntu), libarchive "
		    "(Fedora, Arch)",
};

struct library library_xml2 = {
	.soname = XML2,
	.packages = "libxml2, or libxml2-16 (Debian 14 and later)",
};

/* ---- for tools that look for dependencies ---- */

/*
 * What is loaded by dlopen(), as a note in the program ("dlopen() Metadata for ELF Files"
 * of the UAPI group); packaging tools and tests/lib/elf.py read it.
 */
#define NOTE_TYPE 0x407c0c0a
#define NOTE_OF(file, feature, description)                 \
	"{\"soname\":[\"" file "\"],\"feature\":\"" feature \
	"\",\"description\":\"" description "\",\"priority\":\"required\"}"
#define NOTE                                                               \
	"[" NOTE_OF(KMOD, "modules", "modules of the kernel") "," NOTE_OF( \
		ARCHIVE, "images",                                         \
		"initramfs images, captures") "," NOTE_OF(XML2, "guests",  \
							  "domains of libvirt") "]"

struct note {
	uint32_t name_size;
	uint32_t text_size;
	uint32_t type;
	char name[4];
	char text[sizeof(NOTE)];
};

static const struct note note
	__attribute__((used, section(".note.dlopen"), aligned(alignof(uint32_t)))) = {
		.name_size = sizeof("FDO"),
		.text_size = sizeof(NOTE),
		.type = NOTE_TYPE,
		.name = "FDO",
		.text = NOTE,
	};

/* ---- loading ---- */

int library_open(struct library *library, const char *mode, struct fault *fault)
{
	if (!library->handle)
		library->handle = dlopen(library->soname, RTLD_NOW | RTLD_NODELETE);
	return library->handle ?
		       0 :
		       fault_set(fault, -ENOENT,
				 "%s needs %s, which cannot be loaded (%s). Install the "
				 "package that has it: %s",
				 mode, library->soname, dlerror(), library->packages);
}

/* As the loader does when a program starts */
static void __attribute__((noreturn)) end(const char *what)
{
	(void)dprintf(STDERR_FILENO, "vfio-early: %s\n", what);
	_exit(STATUS_BAD);
}

void *library_find(struct library *library, const char *name)
{
	struct fault fault;
	void *found;

	if (library_open(library, "this mode", &fault) < 0)
		end(fault.text);
	found = dlsym(library->handle, name);
	if (!found)
		end(dlerror());
	return found;
}
