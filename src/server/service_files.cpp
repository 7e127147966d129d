#include "server/service_files.h"

#include <sys/stat.h>

namespace sallyport::server {

FileMarks marks_of(const settings::Service& service) {
  FileMarks out;
  for (const auto* file : {&service.certificate_file, &service.key_file, &service.ca_file}) {
    struct stat facts{};
    if (file->empty() || ::stat(file->c_str(), &facts) != 0)
      out.emplace_back();
    else
      out.push_back(
          FileMark{facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec});
  }
  return out;
}

}  // namespace sallyport::server
