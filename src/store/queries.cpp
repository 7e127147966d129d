#include "store/queries.h"

namespace sallyport::store {

bool Rows::next() {
  if (statement_ == nullptr) return false;
  auto row = statement_->step();
  if (row && *row) return true;
  if (!row) queries_->fail(std::move(row.error()));
  statement_ = nullptr;
  return false;
}

void Queries::fail(DatabaseError error) {
  if (!failure_) failure_ = std::move(error);
}

Statement* Queries::kept(const char* sql, std::size_t size) {
  if (failure_) return nullptr;
  auto found = statements_.find(sql);
  if (found == statements_.end()) {
    auto prepared = database_.prepare({sql, size});
    if (!prepared) {
      fail(std::move(prepared.error()));
      return nullptr;
    }
    found = statements_.emplace(sql, std::move(*prepared)).first;
  }
  return &found->second;
}

}  // namespace sallyport::store
