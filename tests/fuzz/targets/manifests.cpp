#include "models/embedding/foreign/export_manifest.hpp"
#include "suite/base/error.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace kgaudit::fuzz::targets {

/// kgaudit_embedding.json. What is read is written as it reads.
void manifests(std::string_view bytes) {
  const models::ExportManifest manifest =
      models::parse_manifest(bytes, std::string(models::kManifestFile));
  const std::string text = models::manifest_text(manifest);
  KGA_REQUIRE(models::manifest_text(models::parse_manifest(text, "again")) == text,
              "{} changes when it is written", text);
}

}  // namespace kgaudit::fuzz::targets
