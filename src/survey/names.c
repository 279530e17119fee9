// SPDX-License-Identifier: GPL-2.0-or-later
#include "survey/names.h"

#include <pci/pci.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/text.h"

/* libpci's error callback must not return and is given no context. */
static jmp_buf library_edge;

static void __attribute__((noreturn, format(printf, 1, 2)))
library_error(char *message, ...)
{
	(void)message;
	longjmp(library_edge, 1);
}

static void library_silent(char *message, ...)
{
	(void)message;
}

/*
 * The list of a recorded machine, so that its names do not depend on where it is shown;
 * without one there, the list of this machine.
 */
static void list_choose(const struct sysroot *root, struct pci_access *library)
{
	static const char *const places[] = {
		"/usr/share/misc/pci.ids",
		"/usr/share/hwdata/pci.ids",
		"/usr/share/pci.ids",
	};

	if (root->live)
		return;
	(void)pci_set_param(library, (char[]){ "hwdb.disable" }, (char[]){ "1" });
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		char path[SYSROOT_PATH_MAX + 32];
		struct stat status;
		char *copy;

		(void)snprintf(path, sizeof(path), "%s%s", root->path, places[i]);
		if (access(path, R_OK) < 0 || stat(path, &status) < 0 ||
		    !S_ISREG(status.st_mode))
			continue;
		copy = strdup(path);
		if (!copy)
			return;
		pci_set_name_list_path(library, copy, 1);
		return;
	}
}

void names_open(const struct sysroot *root, struct names *ret_names)
{
	struct pci_access *library = pci_alloc();

	library->error = library_error;
	library->warning = library_silent;
	library->debug = library_silent;
	ret_names->access = library;
	if (setjmp(library_edge))
		names_done(ret_names);
	else
		list_choose(root, library);
}

void names_done(struct names *names)
{
	if (names->access && !setjmp(library_edge))
		pci_cleanup(names->access);
	names->access = NULL;
}

/* Return: NULL when libpci gave up */
static const char *library_lookup(const struct names *names, int flags,
				  unsigned int first, unsigned int second,
				  char text[static NAMES_TEXT_MAX])
{
	if (!names->access || setjmp(library_edge))
		return NULL;
	return pci_lookup_name(names->access, text, NAMES_TEXT_MAX, flags, first, second);
}

/* Without a list, or without memory, numbers are shown. */
static void lookup(const struct names *names, int flags, unsigned int first,
		   unsigned int second, char text[static NAMES_TEXT_MAX])
{
	char found[NAMES_TEXT_MAX];
	const char *name = library_lookup(names, flags, first, second, found);

	if (name)
		text_escape(name, text, NAMES_TEXT_MAX);
	else if (flags & PCI_LOOKUP_CLASS)
		(void)snprintf(text, NAMES_TEXT_MAX, "Class [%04x]", first);
	else
		(void)snprintf(text, NAMES_TEXT_MAX, "Device [%04x:%04x]", first, second);
}

void names_address(const struct pci_address *address, char text[static PCI_ADDRESS_TEXT])
{
	if (address->domain)
		pci_address_format(address, text);
	else
		(void)snprintf(text, PCI_ADDRESS_TEXT, "%02x:%02x.%x", address->bus,
			       address->device, address->function);
}

void names_line(const struct names *names, const struct host_function *function,
		char text[static NAMES_TEXT_MAX])
{
	char address[PCI_ADDRESS_TEXT], class[NAMES_TEXT_MAX], device[NAMES_TEXT_MAX];
	char line[NAMES_TEXT_MAX], revision[16] = "";

	names_address(&function->address, address);
	lookup(names, PCI_LOOKUP_CLASS | PCI_LOOKUP_MIXED, function->class_code >> 8, 0,
	       class);
	lookup(names, PCI_LOOKUP_VENDOR | PCI_LOOKUP_DEVICE | PCI_LOOKUP_MIXED,
	       function->id.vendor, function->id.device, device);
	if (function->revision)
		(void)snprintf(revision, sizeof(revision), " (rev %02x)",
			       function->revision);
	(void)snprintf(line, sizeof(line), "%s %.160s: %.280s%s", address, class, device,
		       revision);
	/* once more, in case a long name was cut inside a character */
	text_escape(line, text, NAMES_TEXT_MAX);
}

void names_class(const struct names *names, const struct host_function *function,
		 char text[static NAMES_TEXT_MAX])
{
	lookup(names, PCI_LOOKUP_CLASS, function->class_code >> 8, 0, text);
}

void names_device(const struct names *names, const struct host_function *function,
		  char text[static NAMES_TEXT_MAX])
{
	lookup(names, PCI_LOOKUP_VENDOR | PCI_LOOKUP_DEVICE, function->id.vendor,
	       function->id.device, text);
}

void names_model(const struct names *names, const struct host_function *function,
		 char text[static NAMES_TEXT_MAX])
{
	const char unnamed[] = "Device ";

	lookup(names, PCI_LOOKUP_DEVICE, function->id.vendor, function->id.device, text);
	if (!strncmp(text, unnamed, strlen(unnamed)))
		names_device(names, function, text);
}
