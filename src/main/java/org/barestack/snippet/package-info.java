/** What other DHCP servers must be told about a site, in the languages of their configurations. */
@NullMarked
package org.barestack.snippet;

import org.jspecify.annotations.NullMarked;
