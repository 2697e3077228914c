/** Reads {@code site.yaml}: a checked {@link org.barestack.model.Site}, or all its problems. */
@NullMarked
package org.barestack.site;

import org.jspecify.annotations.NullMarked;
