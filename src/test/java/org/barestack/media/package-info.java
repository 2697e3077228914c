@NullMarked
package org.barestack.media;

import org.jspecify.annotations.NullMarked;
