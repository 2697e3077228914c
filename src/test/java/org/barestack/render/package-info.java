/** What the renderer writes, judged by the programs that will read it. */
@NullMarked
package org.barestack.render;

import org.jspecify.annotations.NullMarked;
