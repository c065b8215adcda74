// What a command that root runs leaves behind belongs to whom the folder belongs to: the service runs as a user of its
// own, and could not open it else.
#pragma once

namespace huiyin {

struct StoreOptions;

namespace commands {
// The store's files and the attachments. Does nothing for anybody but root, in a folder of root's, and on PostgreSQL
// for the store. Never throws; a file that is linked from elsewhere is left alone.
void give_to_owner_of_folder(const StoreOptions& store) noexcept;
}  // namespace commands

}  // namespace huiyin
