package org.barestack.cloud;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import org.barestack.model.PlainText;
import org.barestack.model.Secret;

/** Makes text of the server's fit to be shown: it may repeat what it was sent. */
final class Mask {
  /** Characters; CloudStack's longest words, with a stack of causes, are shorter. */
  private static final int LONGEST = 2000;

  private final Set<String> hidden = new ConcurrentSkipListSet<>();

  /** From now on this is not shown. */
  void hide(Secret secret) {
    if (!secret.value().isEmpty()) {
      hidden.add(secret.value());
      hidden.add(URLEncoder.encode(secret.value(), StandardCharsets.UTF_8));
    }
  }

  /** One line without secrets, of bounded length. */
  String of(String text) {
    String shown = text;
    for (String each : hidden) {
      shown = shown.replace(each, "…");
    }
    return PlainText.cut(PlainText.of(shown), LONGEST);
  }

  @Override
  public String toString() {
    return "mask of " + hidden.size();
  }
}
