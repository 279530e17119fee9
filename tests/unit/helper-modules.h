/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HELPER_MODULES_H
#define HELPER_MODULES_H

/* Kernel modules in a tree, as far as depmod and libkmod look at them. */

#include "helper-tree.h"

#define MODULES_RELEASE "6.12.99-test"
#define MODULES "lib/modules/" MODULES_RELEASE

/**
 * module_make() - a file that depmod takes for a module
 * @info: a line of modinfo: "softdep=post: vfio_iommu_type1"
 * @exports: a symbol, or NULL
 * @needs: a symbol of another module, or NULL
 */
void module_make(struct tree *tree, const char *name, const char *info,
		 const char *exports, const char *needs);

/** index_make() - run depmod */
void index_make(struct tree *tree);

#endif
