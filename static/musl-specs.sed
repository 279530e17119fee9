# SPDX-License-Identifier: GPL-2.0-or-later
# corrects musl-gcc.specs: -static-pie must use rcrt1.o and must not get an interpreter
s|%{!shared: \(.*\)/Scrt1.o}|%{static-pie:\1/rcrt1.o;!shared:\1/Scrt1.o}|
s|^-dynamic-linker \([^ ]*\) |%{!static:%{!static-pie:-dynamic-linker \1}} %{static-pie:-static -pie --no-dynamic-linker -z text} |
