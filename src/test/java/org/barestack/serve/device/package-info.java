/** Tests of {@link org.barestack.serve.device}. */
@NullMarked
package org.barestack.serve.device;

import org.jspecify.annotations.NullMarked;
