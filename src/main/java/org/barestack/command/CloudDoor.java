package org.barestack.command;

import java.net.URI;
import org.barestack.cloud.CloudApi;
import org.barestack.model.Secret;
import org.jspecify.annotations.Nullable;

/** How CloudStack's API is reached. */
@FunctionalInterface
public interface CloudDoor {
  /**
   * A client; nothing is called yet.
   *
   * @param endpoint {@code https://192.0.2.10:8443/client/api}
   * @param authority the only one whose servers are believed, PEM; null for plain HTTP
   * @param password of CloudStack's {@code admin}
   * @throws IllegalArgumentException if the endpoint is none
   */
  CloudApi open(URI endpoint, @Nullable String authority, Secret password);
}
