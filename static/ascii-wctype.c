// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Wide character classes of the C locale, the only one in an initramfs. musl's own have
 * tables for all of Unicode, 17 KB that fnmatch() would bring into the static program.
 */
#include <wctype.h>

static int in(wint_t c, wint_t first, wint_t last)
{
	return c >= first && c <= last;
}

int iswupper(wint_t c)
{
	return in(c, 'A', 'Z');
}
int iswlower(wint_t c)
{
	return in(c, 'a', 'z');
}
int iswalpha(wint_t c)
{
	return iswupper(c) || iswlower(c);
}
int iswalnum(wint_t c)
{
	return iswalpha(c) || in(c, '0', '9');
}
int iswgraph(wint_t c)
{
	return in(c, '!', '~');
}
int iswprint(wint_t c)
{
	return in(c, ' ', '~');
}
int iswpunct(wint_t c)
{
	return iswgraph(c) && !iswalnum(c);
}
int iswspace(wint_t c)
{
	return c == ' ' || in(c, '\t', '\r');
}
wint_t towupper(wint_t c)
{
	return iswlower(c) ? c - 'a' + 'A' : c;
}
wint_t towlower(wint_t c)
{
	return iswupper(c) ? c - 'A' + 'a' : c;
}
