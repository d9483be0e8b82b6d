#include "models/embedding/foreign/torch_file.hpp"

#include "tests/fuzz/fuzz_target.hpp"

namespace kgaudit::fuzz::targets {

/// Checkpoints, zip and legacy: all their tensors, and the readers that look for some of them.
void torch(std::string_view bytes) {
  if (!models::TorchFile::begins_like_torch(bytes)) return;
  {
    MemoryBudget budget(kFuzzMemory);
    const models::TorchFile file(bytes, "model.pt", budget);
    for (const auto& [key, tensor] : models::state_dict_tensors(file, file.root())) {
      if (tensor.is_matrix()) static_cast<void>(models::rows_of(tensor, key, budget));
    }
  }
  read_embedding(scratch_file("torch", "model.pt", bytes), "");
}

}  // namespace kgaudit::fuzz::targets
