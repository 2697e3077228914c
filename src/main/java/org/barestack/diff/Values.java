package org.barestack.diff;

import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;
import org.barestack.model.Node.DiskRule;
import org.barestack.model.PlainText;
import org.barestack.model.Site;
import org.jspecify.annotations.Nullable;

/** Values of a site as people would write them, on one line. */
final class Values {
  private static final int WIDTH = 60;

  private Values() {}

  static String text(@Nullable Object value) {
    return PlainText.cut(PlainText.of(words(value)), WIDTH);
  }

  private static String words(@Nullable Object value) {
    return switch (value) {
      case null -> "none";
      case String text -> text.isEmpty() ? "none" : text;
      case Collection<?> list ->
          list.isEmpty()
              ? "none"
              : list.stream().map(Values::words).collect(Collectors.joining(", "));
      case Map<?, ?> map ->
          map.isEmpty()
              ? "none"
              : map.entrySet().stream()
                  .map(entry -> words(entry.getKey()) + " " + words(entry.getValue()))
                  .collect(Collectors.joining(", "));
      case DiskRule.Serial(String serial) -> "serial " + serial;
      case DiskRule.Wwn(String wwn) -> "wwn " + wwn;
      case DiskRule.DevicePath(String path) -> "path " + path;
      case DiskRule.Size(long minimum, Long maximum) ->
          "min " + size(minimum) + (maximum == null ? "" : " max " + size(maximum));
      case Site.Storage.LabNfs _ -> "lab-nfs";
      case Site.Storage.Nfs nfs -> nfs.primary() + ", " + nfs.secondary();
      case Site.Backup backup -> backup.to() + ", " + backup.keep();
      case Site.SystemVmTemplate template -> template.url().toString();
      case Site.Repository repository -> repository.name() + " " + repository.url();
      case org.barestack.model.Node.Bmc bmc -> bmc.redfish().toString();
      case org.barestack.model.Node.SiteScript script -> script.order() + "-" + script.name();
      case org.barestack.model.Node.Link link ->
          link.name()
              + " on "
              + String.join("+", link.ports())
              + (link.bond() == null ? "" : " " + link.bond())
              + (link.vlan() == null ? "" : " vlan " + link.vlan())
              + (link.mtu() == null ? "" : " mtu " + link.mtu());
      case Enum<?> constant -> constant.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
      default -> value.toString();
    };
  }

  private static String size(long octets) {
    String units = "KMGT";
    int unit = -1;
    long left = octets;
    while (left % 1024 == 0 && left > 0 && unit < units.length() - 1) {
      left /= 1024;
      unit++;
    }
    return left + (unit < 0 ? "" : units.substring(unit, unit + 1));
  }
}
