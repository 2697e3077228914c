package org.barestack.cloud;

import com.fasterxml.jackson.databind.JsonNode;

/** CloudStack's API. Several threads may call at once. */
public interface CloudApi {
  /**
   * Makes one call and waits for its end, also where CloudStack does it by a job.
   *
   * @return the object inside of {@code <command>response}; of a job its {@code jobresult}
   * @throws CloudException if CloudStack refused, failed, or was not reached
   */
  JsonNode call(Call call);
}
