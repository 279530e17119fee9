/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HELPER_MACHINE_H
#define HELPER_MACHINE_H

/* Machines and configs for tests, in a line each. */

#include "model/config.h"
#include "model/host.h"

/**
 * machine_init() - a machine without functions, with all facts known and good
 * @host: filled: one unit (dmar0), interrupts remapped, vfio-pci as a module
 */
void machine_init(struct host *host);

/**
 * machine_add() - add an isolated, unbound PCI Express endpoint
 * @host: the machine; addresses must be added in their order
 * @address: 0000:01:00.0
 * @class_code: 0x0300
 * @id: 10de:1e84
 * @group: number, or -1 for none
 *
 * Return: the function, to be changed
 */
struct host_function *machine_add(struct host *host, const char *address,
				  uint32_t class_code, const char *id, int group);

/**
 * machine_at() - a function of the machine, to be changed
 * @host: the machine
 * @address: it must be there
 *
 * Return: the function
 */
struct host_function *machine_at(struct host *host, const char *address);

/**
 * machine_move() - put a function into another group
 * @host: the machine
 * @address: it must be there
 * @group: number; a new one is made
 */
void machine_move(struct host *host, const char *address, unsigned int group);

/**
 * machine_group() - a group of the machine, to be changed
 * @host: the machine
 * @number: it must be there
 *
 * Return: the group
 */
struct host_group *machine_group(struct host *host, unsigned int number);

/**
 * machine_desktop() - the machine that most tests use
 * @host: filled
 *
 * 00:00.0 host bridge, 00:02.0 boot display of the processor, 00:1f.0/.2/.3 a shared
 * group with the root disk's controller, behind the root port 00:03.1 a card of four
 * functions at 09:00, behind 00:03.2 an NVMe disk at 0a:00.0, behind 00:03.3 a second
 * card, of two functions and with the same ids, at 0b:00.
 */
void machine_desktop(struct host *host);

/**
 * enum arc - functions of machine_switch(), in the order of their addresses
 * @ARC_UP: the upstream port of the card
 * @ARC_DOWN: its downstream port of the GPU
 * @ARC_DOWN_2: its downstream port of the sound function
 */
enum arc { ARC_ROOT, ARC_UP, ARC_DOWN, ARC_DOWN_2, ARC_GPU, ARC_SOUND, ARC_COUNT };

/**
 * machine_switch() - a machine with one card that has a switch of its own
 * @host: filled: the ports are the vendor's; the GPU at 03:00.0, its sound at 04:00.0
 */
void machine_switch(struct host *host);

/** config_of() - a config from its text, which must be valid */
void config_of(struct config *config, const char *text);

#endif
