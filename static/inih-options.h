/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How inih reads a config in both programs: strict, and with the line number of every
 * key. Included ahead of its ini.c, and of src/model/config.c which must see the same
 * handler.
 */
#ifndef VFIO_EARLY_INIH_OPTIONS_H
#define VFIO_EARLY_INIH_OPTIONS_H

#define INI_HANDLER_LINENO 1
#define INI_CALL_HANDLER_ON_NEW_SECTION 1
#define INI_STOP_ON_FIRST_ERROR 1
#define INI_ALLOW_NO_VALUE 0
#define INI_ALLOW_MULTILINE 0
#define INI_ALLOW_BOM 1
#define INI_ALLOW_INLINE_COMMENTS 1
#define INI_INLINE_COMMENT_PREFIXES ";#"
#define INI_START_COMMENT_PREFIXES ";#"
#define INI_USE_STACK 1
#define INI_MAX_LINE 1024

#endif
