// A QR code as a picture: for a file, and for a page that is printed.
#pragma once
#include <string>
#include <vector>

#include "workflow/base/result.h"

namespace huiyin {

class QrPicture {
public:
    // With a quarter of it torn or dirty it can still be read. Errors: code.too_long.
    static Result<QrPicture> of(const std::string& content);
    std::string png(int pixels = 16) const;  // a dot; four dots of white around
    std::string svg() const;                 // sharp at any size

private:
    bool dark(int x, int y) const;
    int dots_ = 0;  // a side
    std::vector<bool> dark_;
};

}  // namespace huiyin
