// SPDX-License-Identifier: GPL-2.0-or-later
#include "companion/library_calls.h"

#include <archive.h>
#include <archive_entry.h>
#include <libkmod.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#define MESSAGE_MAX 256

/*
 * The libraries name their parameters as they like, or not at all.
 * NOLINTBEGIN(readability-inconsistent-declaration-parameter-name)
 */

/* ---- libkmod ---- */

#define KMOD struct kmod_ctx *
#define MODULE struct kmod_module *
#define LIST struct kmod_list *

/*
 * Every use begins here. Without the library the answer is that of libkmod when it cannot
 * open the modules of a kernel: the report does without them (the other modes ask for
 * the library before).
 */
struct kmod_ctx *kmod_new(const char *directory, const char *const *paths)
{
	struct fault ignored;
	typeof(kmod_new) *function;

	if (library_open(&library_kmod, "", &ignored) < 0)
		return NULL;
	function = library_find(&library_kmod, "kmod_new");
	return function(directory, paths);
}

/* A list that is empty is given back where no library was needed. */
int kmod_module_unref_list(struct kmod_list *list)
{
	typeof(kmod_module_unref_list) *function;

	if (!list)
		return 0;
	function = library_find(&library_kmod, "kmod_module_unref_list");
	return function(list);
}

LIBRARY_3(library_kmod, int, kmod_dump_index, KMOD, enum kmod_index, int);
LIBRARY_2(library_kmod, LIST, kmod_list_next, const LIST, const LIST);
LIBRARY_1(library_kmod, int, kmod_load_resources, KMOD);
LIBRARY_4(library_kmod, int, kmod_module_apply_filter, const KMOD, enum kmod_filter,
	  const LIST, LIST *);
LIBRARY_1(library_kmod, LIST, kmod_module_get_dependencies, const MODULE);
LIBRARY_1(library_kmod, int, kmod_module_get_initstate, const MODULE);
LIBRARY_1(library_kmod, MODULE, kmod_module_get_module, const LIST);
LIBRARY_1(library_kmod, const char *, kmod_module_get_name, const MODULE);
LIBRARY_1(library_kmod, const char *, kmod_module_get_options, const MODULE);
LIBRARY_1(library_kmod, const char *, kmod_module_get_path, const MODULE);
LIBRARY_3(library_kmod, int, kmod_module_get_softdeps, const MODULE, LIST *, LIST *);
LIBRARY_3(library_kmod, int, kmod_module_insert_module, MODULE, unsigned int,
	  const char *);
LIBRARY_3(library_kmod, int, kmod_module_new_from_lookup, KMOD, const char *, LIST *);
LIBRARY_3(library_kmod, int, kmod_module_new_from_name, KMOD, const char *, MODULE *);
LIBRARY_CALL(library_kmod, int, kmod_module_probe_insert_module,
	     (MODULE module, unsigned int flags, const char *options,
	      int (*install)(MODULE, const char *, void *), const void *data,
	      void (*print)(MODULE, bool, const char *)),
	     (module, flags, options, install, data, print));
LIBRARY_2(library_kmod, int, kmod_module_remove_module, MODULE, unsigned int);
LIBRARY_1(library_kmod, MODULE, kmod_module_unref, MODULE);
LIBRARY_1(library_kmod, KMOD, kmod_ref, KMOD);
LIBRARY_CALL(library_kmod, void, kmod_set_log_fn,
	     (KMOD kmod,
	      void (*log)(void *, int, const char *, int, const char *, const char *,
			  va_list),
	      const void *data),
	     (kmod, log, data));
LIBRARY_1(library_kmod, KMOD, kmod_unref, KMOD);

/* ---- libarchive ---- */

#define ARCHIVE struct archive *
#define ENTRY struct archive_entry *

void archive_set_error(struct archive *archive, int error, const char *format, ...)
{
	typeof(archive_set_error) *function =
		library_find(&library_archive, "archive_set_error");
	char text[MESSAGE_MAX];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	function(archive, error, "%s", text);
}

LIBRARY_1(library_archive, void, archive_entry_free, ENTRY);
LIBRARY_0(library_archive, ENTRY, archive_entry_new);
LIBRARY_2(library_archive, void, archive_entry_set_filetype, ENTRY, unsigned int);
LIBRARY_2(library_archive, void, archive_entry_set_mode, ENTRY, mode_t);
LIBRARY_3(library_archive, void, archive_entry_set_mtime, ENTRY, time_t, long);
LIBRARY_2(library_archive, void, archive_entry_set_nlink, ENTRY, unsigned int);
LIBRARY_2(library_archive, void, archive_entry_set_pathname, ENTRY, const char *);
LIBRARY_2(library_archive, void, archive_entry_set_perm, ENTRY, mode_t);
LIBRARY_2(library_archive, void, archive_entry_set_size, ENTRY, la_int64_t);
LIBRARY_2(library_archive, void, archive_entry_set_symlink, ENTRY, const char *);
LIBRARY_2(library_archive, void, archive_entry_set_uid, ENTRY, la_int64_t);

LIBRARY_1(library_archive, int, archive_errno, ARCHIVE);
LIBRARY_1(library_archive, const char *, archive_error_string, ARCHIVE);
LIBRARY_2(library_archive, la_int64_t, archive_filter_bytes, ARCHIVE, int);

LIBRARY_3(library_archive, la_ssize_t, archive_read_data, ARCHIVE, void *, size_t);
LIBRARY_1(library_archive, int, archive_read_free, ARCHIVE);
LIBRARY_0(library_archive, ARCHIVE, archive_read_new);
LIBRARY_2(library_archive, int, archive_read_next_header, ARCHIVE, ENTRY *);
LIBRARY_5(library_archive, int, archive_read_open, ARCHIVE, void *,
	  archive_open_callback *, archive_read_callback *, archive_close_callback *);
LIBRARY_1(library_archive, int, archive_read_support_filter_bzip2, ARCHIVE);
LIBRARY_1(library_archive, int, archive_read_support_filter_gzip, ARCHIVE);
LIBRARY_1(library_archive, int, archive_read_support_filter_lz4, ARCHIVE);
LIBRARY_1(library_archive, int, archive_read_support_filter_lzma, ARCHIVE);
LIBRARY_1(library_archive, int, archive_read_support_filter_xz, ARCHIVE);
LIBRARY_1(library_archive, int, archive_read_support_filter_zstd, ARCHIVE);
LIBRARY_1(library_archive, int, archive_read_support_format_empty, ARCHIVE);
LIBRARY_1(library_archive, int, archive_read_support_format_raw, ARCHIVE);

LIBRARY_2(library_archive, int, archive_write_add_filter_by_name, ARCHIVE, const char *);
LIBRARY_1(library_archive, int, archive_write_add_filter_gzip, ARCHIVE);
LIBRARY_1(library_archive, int, archive_write_add_filter_none, ARCHIVE);
LIBRARY_1(library_archive, int, archive_write_add_filter_xz, ARCHIVE);
LIBRARY_1(library_archive, int, archive_write_add_filter_zstd, ARCHIVE);
LIBRARY_1(library_archive, int, archive_write_close, ARCHIVE);
LIBRARY_3(library_archive, la_ssize_t, archive_write_data, ARCHIVE, const void *, size_t);
LIBRARY_1(library_archive, int, archive_write_free, ARCHIVE);
LIBRARY_2(library_archive, int, archive_write_header, ARCHIVE, ENTRY);
LIBRARY_0(library_archive, ARCHIVE, archive_write_new);
LIBRARY_5(library_archive, int, archive_write_open, ARCHIVE, void *,
	  archive_open_callback *, archive_write_callback *, archive_close_callback *);
LIBRARY_2(library_archive, int, archive_write_open_fd, ARCHIVE, int);
LIBRARY_2(library_archive, int, archive_write_set_bytes_in_last_block, ARCHIVE, int);
LIBRARY_4(library_archive, int, archive_write_set_filter_option, ARCHIVE, const char *,
	  const char *, const char *);
LIBRARY_1(library_archive, int, archive_write_set_format_cpio_newc, ARCHIVE);
LIBRARY_1(library_archive, int, archive_write_set_format_pax_restricted, ARCHIVE);

/* ---- libxml2 ---- */

/* A variable of the library: the function that gives memory back */
static void xml_free(void *bytes)
{
	xmlFreeFunc *function = library_find(&library_xml2, "xmlFree");

	(*function)(bytes);
}

xmlFreeFunc xmlFree = xml_free;

/* Its type differs between versions: const since 2.12. */
LIBRARY_1(library_xml2, typeof(xmlCtxtGetLastError(NULL)), xmlCtxtGetLastError, void *);
LIBRARY_6(library_xml2, xmlDocPtr, xmlCtxtReadMemory, xmlParserCtxtPtr, const char *, int,
	  const char *, const char *, int);
LIBRARY_1(library_xml2, xmlNodePtr, xmlDocGetRootElement, const xmlDoc *);
LIBRARY_1(library_xml2, xmlNodePtr, xmlFirstElementChild, xmlNodePtr);
LIBRARY_1(library_xml2, void, xmlFreeDoc, xmlDocPtr);
LIBRARY_1(library_xml2, void, xmlFreeParserCtxt, xmlParserCtxtPtr);
LIBRARY_1(library_xml2, long, xmlGetLineNo, const xmlNode *);
LIBRARY_2(library_xml2, xmlChar *, xmlGetNoNsProp, const xmlNode *, const xmlChar *);
LIBRARY_2(library_xml2, xmlAttrPtr, xmlHasProp, const xmlNode *, const xmlChar *);
LIBRARY_0(library_xml2, xmlParserCtxtPtr, xmlNewParserCtxt);
LIBRARY_1(library_xml2, xmlChar *, xmlNodeGetContent, const xmlNode *);
LIBRARY_1(library_xml2, void, xmlStopParser, xmlParserCtxtPtr);

/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */
