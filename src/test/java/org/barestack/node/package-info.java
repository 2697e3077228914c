/** The first boot of nodes, with real programs in a real root file system. */
@NullMarked
package org.barestack.node;

import org.jspecify.annotations.NullMarked;
