/** secrets.age: what it holds, for whom, and the site's own certificate authority. */
@NullMarked
package org.barestack.secrets;

import org.jspecify.annotations.NullMarked;
