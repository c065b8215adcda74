// What a file really is, by its bytes: the name and the declared type say nothing. Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace huiyin {

struct ImageKind {
    std::string media_type;  // image/jpeg, image/png, image/webp
    std::string extension;   // "jpg"
    unsigned width = 0, height = 0;
};
// Nothing: no picture of these three kinds, cut off, without a size, or above 50 million points.
std::optional<ImageKind> image_kind(std::string_view bytes);

}  // namespace huiyin
