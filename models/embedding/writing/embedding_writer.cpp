#include "models/embedding/writing/embedding_writer.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "models/embedding/foreign/embedding_format.hpp"
#include "models/embedding/foreign/export_manifest.hpp"
#include "models/embedding/foreign/row_lines.hpp"
#include "suite/base/error.hpp"
#include "suite/base/files/atomic_file.hpp"
#include "suite/base/files/new_folder.hpp"
#include "suite/base/hash.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::models {
namespace {

namespace fs = std::filesystem;

/// One table on its way to files.
struct OutputTable {
  std::string what;        ///< "entity": for messages
  std::string stem;        ///< of its files: "entity_embeddings"
  std::string names_file;  ///< for formats without names
  std::vector<std::string> names;
  const TensorView* numbers = nullptr;
  std::optional<std::vector<std::uint64_t>> picked;  ///< rows of `numbers`; nothing: all
  TableShape shape{};

  [[nodiscard]] std::string_view name(std::uint64_t row) const {
    return names.empty() ? std::string_view() : names[row];
  }
};

/// Rows pass through so much memory, whatever the size of the table.
constexpr std::uint64_t kPieceBytes = std::uint64_t{4} << 20U;

/// An attribute's id as a part of a file's name.
std::string file_word(std::string id) {
  std::ranges::replace_if(
      id,
      [](char c) {
        return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '_';
      },
      '-');
  return id;
}

std::string relation_stem(const ForeignEmbedding& embedding, std::size_t i) {
  if (embedding.relations.size() == 1) return "relation";
  switch (embedding.relations[i].side) {
    case RelationSide::kTails:
      return "relation_tails";
    case RelationSide::kHeads:
      return "relation_heads";
    case RelationSide::kBoth:
      break;
  }
  return fmt::format("relation_{}", i + 1);
}

void require_table(const ForeignEmbedding& embedding, const OutputFormat& format,
                   const std::vector<std::string>& names, const std::string& what,
                   const std::string& place) {
  if (names.empty() && format.names == NamePlace::kWithRows) {
    const Finding* why = embedding.finding("names-and-rows");
    throw InputError::usage(
        place,
        fmt::format("{} rows without names, for {}{}{}", what, format.id,
                    why != nullptr ? ": " : "", why != nullptr ? why->text : ""),
        "a name for each row", "--entities and --relations FILE with the names, or npy");
  }
  require_writable_names(format, names, what, place);
}

class EmbeddingWriter {
 public:
  EmbeddingWriter(const ForeignEmbedding& embedding, std::string place, MemoryBudget& budget,
                  const CopiedRows* copied, Progress& progress)
      : embedding_(embedding),
        place_(std::move(place)),
        budget_(budget),
        copied_(copied),
        progress_(progress) {}

  void gather(const std::optional<std::vector<std::uint64_t>>& rows) {
    std::vector<std::string> names = embedding_.entity_names;
    if (rows && !names.empty()) {
      names.clear();
      for (const std::uint64_t row : *rows) names.push_back(embedding_.entity_names[row]);
    }
    add("entity", "entity", std::move(names), embedding_.entities, rows);
    for (std::size_t i = 0; i < embedding_.relations.size(); ++i) {
      add("relation", relation_stem(embedding_, i),
          relation_row_names(embedding_.relation_names, embedding_.inverse_layout),
          embedding_.relations[i].rows, {});
    }
    for (const VectorTable& vectors : embedding_.attribute_vectors) {
      add("value", file_word(vectors.attribute) + "_vectors", vectors.names, vectors.rows, {});
    }
    describe(rows);
  }

  void require_writable(std::span<const OutputFormat* const> formats) const {
    for (const OutputFormat* format : formats) {
      for (const OutputTable& table : tables_) {
        require_table(embedding_, *format, table.names, table.what, place_);
      }
    }
  }

  WrittenEmbedding write(std::span<const OutputFormat* const> formats, const fs::path& folder) {
    NewFolder made(folder);
    std::uint64_t rows = 0;
    for (const OutputTable& table : tables_) rows += table.shape.rows;
    Stage stage(progress_, "writing embeddings", rows * formats.size());
    for (const OutputFormat* format : formats) {
      FormatFiles files{std::string(format->id), std::string(format->reader), "", {}, {}};
      for (std::size_t i = 0; i < tables_.size(); ++i) {
        const OutputTable& table = tables_[i];
        const std::string name = table.stem + std::string(format->ending);
        write_table(*format, made.part() / name, table, i == 0 ? copied_ : nullptr, stage);
        if (format->names == NamePlace::kBeside) write_names(made.part(), table);
        require_own_reader(*format, made.part() / name);
        written_.files.push_back(name);
        if (i == 0) {
          files.entities = name;
        } else if (i <= embedding_.relations.size()) {
          files.relations.push_back(name);
        } else {
          files.attribute_vectors.push_back(name);
        }
      }
      manifest_.formats.push_back(std::move(files));
    }
    for (const std::string& name : written_.files) {
      manifest_.sha256[name] = sha256_of_file(made.part() / name).hex();
    }
    write_atomically(made.part() / kManifestFile, manifest_text(manifest_));
    written_.files.emplace_back(kManifestFile);
    made.commit();
    return std::move(written_);
  }

 private:
  void add(const std::string& what, const std::string& stem, std::vector<std::string> names,
           const TensorView& numbers, const std::optional<std::vector<std::uint64_t>>& rows) {
    // Shape and type are refused before anything is written.
    MemoryBudget nothing(budget_.left());
    const ConvertedRows none = rows_of(numbers, place_, nothing, std::vector<std::uint64_t>());
    const TableShape shape{rows ? rows->size() : numbers.rows(), none.rows.width()};
    tables_.push_back(
        {what, stem + "_embeddings", stem + "_ids.json", std::move(names), &numbers, rows, shape});
  }

  /// Piece by piece: a table that lies in a file may be larger than the memory.
  void write_table(const OutputFormat& format, const fs::path& file, const OutputTable& table,
                   const CopiedRows* copied, Stage& stage) {
    const auto out = format.begin(file, table.shape);
    std::optional<RowLines> lines;
    if (copied != nullptr && format.reader == embedding_.format) {
      lines.emplace(copied->file, embedding_);
    }
    const std::uint64_t row_bytes = std::max<std::uint64_t>(table.shape.width * sizeof(float), 1);
    const std::uint64_t piece = std::max<std::uint64_t>(kPieceBytes / row_bytes, 1);
    for (std::uint64_t first = 0; first < table.shape.rows; first += piece) {
      if (progress_.stop_requested()) throw Interrupted();
      const ConvertedRows rows = piece_of(table, first, std::min(piece, table.shape.rows - first));
      for (std::size_t i = 0; i < rows.rows.rows(); ++i) {
        const std::uint64_t row = first + i;
        const std::string_view line = lines ? lines->next(table.name(row)) : std::string_view();
        if (lines && copied->rows[row]) {
          out->add_line(line);
        } else {
          out->add(table.name(row), rows.rows.values(i));
        }
      }
      done_ += rows.rows.rows();
      stage.advance(done_, "rows");
    }
    out->finish();
    counted_.push_back(&table);
  }

  /// Rows [first, first + count) of the table.
  ConvertedRows piece_of(const OutputTable& table, std::uint64_t first, std::uint64_t count) {
    std::vector<std::uint64_t> wanted(count);
    if (table.picked) {
      const auto begin = table.picked->begin() + static_cast<std::ptrdiff_t>(first);
      std::copy_n(begin, count, wanted.begin());
    } else {
      std::iota(wanted.begin(), wanted.end(), first);
    }
    MemoryBudget of_piece(budget_.left());
    ConvertedRows rows = rows_of(*table.numbers, place_, of_piece, wanted);
    if (rows.not_finite > 0) {
      throw InputError::unreadable(place_,
                                   fmt::format("{} numbers that are infinite or not a number",
                                               with_thousands(rows.not_finite)),
                                   "finite numbers that fit a float");
    }
    // Each format writes the same rows.
    if (std::ranges::find(counted_, &table) == counted_.end()) written_.rounded += rows.rounded;
    return rows;
  }

  /// The facts without numbers and names.
  void describe(const std::optional<std::vector<std::uint64_t>>& rows) {
    ForeignEmbedding& facts = manifest_.facts;
    facts = embedding_;
    // Complex numbers are written as two floats each.
    if (is_complex(embedding_.entities.type)) facts.complex_layout = ComplexLayout::kInterleaved;
    const auto shape = [](const OutputTable& table) {
      TensorView view;
      view.shape = {table.shape.rows, table.shape.width};
      return view;
    };
    facts.entities = shape(tables_[0]);
    std::size_t next = 1;
    for (RelationTable& table : facts.relations) {
      table.rows = shape(tables_[next]);
      written_.relations += tables_[next++].shape.rows;
    }
    for (VectorTable& table : facts.attribute_vectors) {
      table.rows = shape(tables_[next++]);
      if (!rows) continue;
      std::vector<std::int32_t> picked;
      for (const std::uint64_t row : *rows) picked.push_back(table.row_of[row]);
      table.row_of = std::move(picked);
    }
    written_.entities = tables_[0].shape.rows;
    manifest_.entity_names = !tables_[0].names.empty();
    manifest_.relation_names = !embedding_.relation_names.empty();
  }

  void write_names(const fs::path& folder, const OutputTable& table) {
    if (table.names.empty()) return;
    if (std::ranges::find(written_.files, table.names_file) != written_.files.end()) return;
    // A name a line, so that people can read it.
    write_atomically(folder / table.names_file, nlohmann::json(table.names).dump(0) + "\n");
    written_.files.push_back(table.names_file);
  }

  /// Whether the file alone is taken for what it is: names at its beginning could say otherwise.
  void require_own_reader(const OutputFormat& format, const fs::path& file) const {
    std::string_view other = "a packed file";
    try {
      ForeignPath path(file, {});
      const EmbeddingFormat& reader = embedding_format_of(path);
      if (reader.id == format.reader) return;
      other = reader.title;
    } catch (const InputError&) {
      // The first bytes are those of a packed file, which can't be unpacked.
    }
    throw InputError::usage(
        place_,
        fmt::format("names that would make {} look like {}", file.filename().string(), other),
        fmt::format("names that {} gives back as they are", format.id), "npy");
  }

  const ForeignEmbedding& embedding_;
  std::string place_;
  MemoryBudget& budget_;
  const CopiedRows* copied_;
  Progress& progress_;
  std::uint64_t done_ = 0;  ///< rows that are written
  std::vector<OutputTable> tables_;
  std::vector<const OutputTable*> counted_;  ///< whose rounded numbers are known
  ExportManifest manifest_;
  WrittenEmbedding written_;
};

}  // namespace

void require_writable(const ForeignEmbedding& embedding,
                      std::span<const OutputFormat* const> formats, const std::string& place) {
  const std::vector<std::string> relations =
      relation_row_names(embedding.relation_names, embedding.inverse_layout);
  for (const OutputFormat* format : formats) {
    require_table(embedding, *format, embedding.entity_names, "entity", place);
    if (!embedding.relations.empty()) {
      require_table(embedding, *format, relations, "relation", place);
    }
  }
}

WrittenEmbedding write_embedding(const ForeignEmbedding& embedding,
                                 std::span<const OutputFormat* const> formats,
                                 const fs::path& folder, const std::string& place,
                                 MemoryBudget& budget,
                                 const std::optional<std::vector<std::uint64_t>>& rows,
                                 const CopiedRows* copied, Progress& progress) {
  KGA_REQUIRE(copied == nullptr || !rows, "rows are copied in the order of their file");
  EmbeddingWriter writer(embedding, place, budget,
                         copied != nullptr && RowLines::has(embedding) ? copied : nullptr,
                         progress);
  writer.gather(rows);
  writer.require_writable(formats);
  return writer.write(formats, folder);
}

}  // namespace kgaudit::models
