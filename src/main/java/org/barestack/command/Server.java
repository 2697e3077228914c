package org.barestack.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.barestack.model.Site;
import org.barestack.render.LiveRenderer;
import org.barestack.secrets.SiteSecrets;
import org.jspecify.annotations.Nullable;

/** Everything that {@code serve} runs, until it is closed. */
public interface Server extends AutoCloseable {
  @Override
  void close() throws IOException;

  /**
   * What a server serves.
   *
   * @param site the site as it is now
   * @param folder the site's folder
   * @param journal the journal's file
   * @param httpRoot the folder with releases/ and repos/
   * @param secrets the site's; null to hand out none
   * @param cloud whether to bring the cloud up, for which secrets are needed
   */
  record Order(
      Supplier<Site> site,
      Path folder,
      LiveRenderer renderer,
      Path journal,
      Path httpRoot,
      @Nullable SiteSecrets secrets,
      boolean cloud) {}

  /** Starts one. */
  @FunctionalInterface
  interface Starter {
    /**
     * Starts to serve.
     *
     * @throws Failure if something is missing; the message says what to do
     * @throws IOException if a port cannot be had; the message says what to do
     */
    Server start(Order order) throws IOException;
  }
}
