package org.barestack.app;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.barestack.boot.BootAnswer;
import org.barestack.boot.BootDesk;
import org.barestack.boot.BootRequest;
import org.barestack.content.Loaders;
import org.barestack.content.Releases;
import org.barestack.model.MacAddress;
import org.barestack.model.Token;
import org.barestack.serve.http.Texts;
import org.barestack.serve.tftp.Content;
import org.barestack.serve.tftp.TftpFiles;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What TFTP serves: loaders, and for a GRUB without HTTP what HTTP serves others, under the same
 * names and by the same decisions.
 *
 * <p>Loaders and GRUB's configuration go by the last part of their name, in whatever folder: shim
 * looks beside itself, but in the top folder if the DHCP answer's header says no other; GRUB looks
 * beside itself, in the folders that it was built with, and in the top one, since behind a
 * proxyDHCP server it takes only the first character of its folder's name.
 */
final class BootFolder implements TftpFiles {
  private static final Logger LOG = LoggerFactory.getLogger(BootFolder.class);

  private final BootDesk desk;
  private final Texts texts;
  private final Loaders loaders;
  private final Supplier<Releases.Answer> release;
  private final Path httpRoot;

  /**
   * @param httpRoot what lies there, and nothing that a link there leads to, is a release's
   */
  BootFolder(
      BootDesk desk,
      Texts texts,
      Loaders loaders,
      Supplier<Releases.Answer> release,
      Path httpRoot) {
    this.desk = desk;
    this.texts = texts;
    this.loaders = loaders;
    this.release = release;
    this.httpRoot = httpRoot;
  }

  @Override
  public Answer find(String name) throws IOException {
    List<String> path = List.of(name.split("/", -1));
    String file = path.getLast();
    // All of grub.cfg-<UUID>, grub.cfg-01-<MAC>, grub.cfg-<address> and grub.cfg: some GRUBs open
    // what they find twice, and what is decided is decided once.
    if (file.startsWith("grub.cfg")) {
      return text(texts.grubEntry());
    }
    if (path.size() == 2 && path.getFirst().equals("grub")) {
      Optional<MacAddress> mac = mac(file);
      if (mac.isPresent()) {
        return text(decision(mac.get()));
      }
    }
    if (path.size() == 3 && path.getFirst().equals("install")) {
      return image(path.get(1), file);
    }
    Optional<Loaders.Answer> loader = loaders.find(file);
    return loader.isPresent() && loader.get() instanceof Loaders.Answer.Found found
        ? new Answer.Found(Content.open(found.file()))
        : doneWithout(file) ? new Answer.Absent() : new Answer.NotFound(missing(file, loader));
  }

  private static Answer text(String text) {
    return new Answer.Found(Content.of(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static Optional<MacAddress> mac(String text) {
    try {
      return Optional.of(new MacAddress(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private String decision(MacAddress mac) {
    BootRequest request = BootRequest.byGrub(mac);
    BootAnswer answer = desk.boot(request);
    switch (answer) {
      case BootAnswer.Install(var node, var install, String reason) ->
          LOG.info("{} by TFTP: install, {}", node.name(), reason);
      case BootAnswer.LocalDisk(var how, String reason) ->
          LOG.info("{} by TFTP: local disk, {}", mac, reason);
    }
    return texts.grub(answer, request);
  }

  /** Kernel or initrd of an install under way, as {@code /install/{token}} serves them by HTTP. */
  private Answer image(String token, String name) throws IOException {
    if (!Token.isToken(token) || desk.underway(new Token(token)).isEmpty()) {
      return new Answer.NotFound("no install is open here");
    }
    if (!(release.get() instanceof Releases.Answer.Found(Releases.Tree tree))) {
      return new Answer.NotFound("the release is not on this server");
    }
    Path image =
        switch (name) {
          case "vmlinuz" -> tree.vmlinuz();
          case "initrd.img" -> tree.initrd();
          default -> null;
        };
    if (image == null) {
      return new Answer.NotFound("an install has no such file");
    }
    Path real = image.toRealPath();
    return real.startsWith(httpRoot.toRealPath())
        ? new Answer.Found(Content.open(real))
        : new Answer.NotFound("the release's " + name + " is a link out of http-root");
  }

  /**
   * What loaders look for and do without: shim its lists of revocations and further certificates,
   * and its MokManager; GRUB lists of modules, and modules that it would not be allowed to load.
   */
  private static boolean doneWithout(String file) {
    return file.matches("(revocations.*|shim_certificate.*|mm(x64|aa64))[.]efi|.*[.](lst|mod)");
  }

  private static String missing(String file, Optional<Loaders.Answer> loader) {
    return loader.isPresent()
        ? "that loader is not on this server; barestack doctor says how to get it"
        : unknownLoader(file);
  }

  /** Why there is no such file, for whoever reads what a machine asked for. */
  static String unknownLoader(String name) {
    String file = name.substring(name.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
    if (file.matches("(shim|grub|boot|fb).*[.]efi")) {
      return "pxe/loaders.yaml names no such file; a machine with Secure Boot is to have firmware:"
          + " uefi-secure";
    }
    return file.startsWith("pxelinux") || file.startsWith("lpxelinux")
        ? "another DHCP server names that file; take its boot files (options 66 and 67) away"
        : "no loader is called so";
  }

  /** Whether it is a script of GRUB's; what was decided stands in the journal already. */
  static boolean isText(String file) {
    return file.startsWith("grub/") || file.contains("grub.cfg");
  }

  /** How a file is called in the journal: that of an install, like HTTP's, without its token. */
  static String title(String file) {
    return file.startsWith("install/") ? file.substring(file.lastIndexOf('/') + 1) : file;
  }
}
