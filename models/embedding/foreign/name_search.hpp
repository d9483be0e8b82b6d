#pragma once

#include <string>
#include <vector>

#include "models/embedding/foreign/foreign_embedding.hpp"
#include "models/embedding/foreign/foreign_path.hpp"

namespace kgaudit::models {

/// Where names may be found, by the usage of a tool.
struct NameFiles {
  std::vector<std::string> entities;  ///< relative to the folder, the likeliest first
  std::vector<std::string> relations;
  /// kStated where the tool writes them together with the rows, or its configuration names them;
  /// else they are a guess, however well their counts fit.
  Certainty certainty = Certainty::kGuessed;
};

/// Gives names to the rows of `embedding`: from the files that the options name, else from the
/// first of `files` that are there, then from lists whose name follows from the file's own
/// ("x_embeddings.npy": "x_ids.json"), then from those with usual names ("entity2id.txt",
/// "names.csv" ...), then from a folder of data nearby ("benchmarks/FB15K" beside the folder's
/// parent) whose entities and relations both count as many as the rows. Names that are not as many
/// as the rows are a finding and are never paired with them. A list that nobody named and that
/// cannot be read is a finding. Other lists that fit are compared with the one that is taken: the
/// same names in another order are a finding, and where no list is likelier than the other none is
/// paired.
void attach_names(ForeignPath& path, ForeignEmbedding& embedding, const NameFiles& files = {});

/// The same for names that a reader has found itself; `source` says where. Returns whether they fit
/// the rows.
bool attach_entity_names(ForeignEmbedding& embedding, std::vector<std::string> names,
                         const std::string& source, Certainty certainty = Certainty::kStated);
bool attach_relation_names(ForeignEmbedding& embedding, std::vector<std::string> names,
                           const std::string& source, Certainty certainty = Certainty::kStated);

}  // namespace kgaudit::models
