package org.barestack.command;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.barestack.cloud.CloudApi;
import org.barestack.cloud.Diagnosis;
import org.barestack.model.Secret;
import org.barestack.model.Site;
import org.barestack.secrets.SecretName;
import org.barestack.secrets.SiteSecrets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options by which a command finds a site's CloudStack. */
final class CloudOptions {
  private static final int API_PORT = 8443;

  @Option(
      names = "--url",
      paramLabel = "URL",
      hidden = true,
      description = {
        "CloudStack's API (default:",
        "https://ADDRESS:8443/client/api of the",
        "management node)."
      })
  private @Nullable URI url;

  @Option(
      names = "--password-file",
      paramLabel = "FILE",
      hidden = true,
      description = {
        "The password of CloudStack's admin (default:",
        "admin-password of secrets.age)."
      })
  private @Nullable Path passwordFile;

  @Mixin private final IdentityOption identity = new IdentityOption();

  /** What opens the site's secrets. */
  IdentityOption identity() {
    return identity;
  }

  /** What came of looking for a way in. */
  sealed interface Opening {
    /** It can be called; whether it answers is not known yet. */
    record Open(CloudApi api) implements Opening {}

    /** There is no password, or it cannot be read. */
    record NotOpen(Diagnosis why) implements Opening {}
  }

  /** A way to the site's CloudStack. */
  Opening open(Site site, Path folder, CloudDoor door) {
    URI endpoint =
        url != null
            ? url
            : URI.create(
                "https://%s:%d/client/api".formatted(site.managementNode().address(), API_PORT));
    try {
      boolean plain = "http".equals(endpoint.getScheme());
      if (passwordFile != null) {
        Secret password = new Secret(Files.readString(passwordFile).strip());
        return new Opening.Open(door.open(endpoint, plain ? null : site.trust().ca(), password));
      }
      return switch (SiteSecrets.open(folder.resolve("secrets.age"), identity.file())) {
        case SiteSecrets.Answer.Opened(SiteSecrets secrets) ->
            new Opening.Open(
                door.open(
                    endpoint,
                    plain ? null : secrets.trust().ca(),
                    secrets.value(SecretName.ADMIN_PASSWORD)));
        case SiteSecrets.Answer.NotThere(String message) ->
            new Opening.NotOpen(
                new Diagnosis(
                    message,
                    "so the password of CloudStack's admin is not known",
                    "name a file that holds it: --password-file"));
        case SiteSecrets.Answer.NotOpened(String reason, String remedy) ->
            new Opening.NotOpen(
                new Diagnosis(
                    reason, "so the password of CloudStack's admin is not known", remedy));
      };
    } catch (IOException e) {
      throw Failure.badInput(passwordFile + " cannot be read: " + e.getMessage());
    } catch (IllegalArgumentException e) {
      throw Failure.badInput("--url " + endpoint + ": " + e.getMessage());
    }
  }
}
