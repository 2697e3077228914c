/**
 * A storm: many simulated machines that boot at once, the way that firmware and the installer were
 * measured to boot, over real sockets. It tells what a boot server holds, ours or another.
 */
@NullMarked
package org.barestack.storm;

import org.jspecify.annotations.NullMarked;
