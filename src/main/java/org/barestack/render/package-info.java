/**
 * From the site to bytes: kickstarts, disk parts, iPXE scripts and firstboot files, out of
 * templates. Pure but for reading the templates.
 */
@NullMarked
package org.barestack.render;

import org.jspecify.annotations.NullMarked;
