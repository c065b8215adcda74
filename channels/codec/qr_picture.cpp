#include "channels/codec/qr_picture.h"

#include <png.h>
#include <qrencode.h>

#include <memory>
#include <stdexcept>

namespace huiyin {
namespace {

constexpr int border = 4;  // dots of white: without them phones do not find the code

}  // namespace

Result<QrPicture> QrPicture::of(const std::string& content) {
    const std::unique_ptr<QRcode, decltype(&QRcode_free)> code(
        QRcode_encodeString8bit(content.c_str(), 0, QR_ECLEVEL_Q), &QRcode_free);
    if (!code) return Problem{"code.too_long", "this does not fit into a code: " + content, {}};
    QrPicture picture;
    picture.dots_ = code->width;
    picture.dark_.reserve(static_cast<std::size_t>(code->width) * static_cast<std::size_t>(code->width));
    for (int i = 0; i < code->width * code->width; ++i) picture.dark_.push_back((code->data[i] & 1) != 0);
    return picture;
}

bool QrPicture::dark(int x, int y) const {
    if (x < 0 || y < 0 || x >= dots_ || y >= dots_) return false;
    return dark_[static_cast<std::size_t>(y) * static_cast<std::size_t>(dots_) + static_cast<std::size_t>(x)];
}

std::string QrPicture::png(int pixels) const {
    const int side = (dots_ + 2 * border) * pixels;
    std::vector<png_byte> grey(static_cast<std::size_t>(side) * static_cast<std::size_t>(side));
    for (int y = 0; y < side; ++y)
        for (int x = 0; x < side; ++x)
            grey[static_cast<std::size_t>(y) * static_cast<std::size_t>(side) + static_cast<std::size_t>(x)] =
                dark(x / pixels - border, y / pixels - border) ? 0 : 255;
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    image.width = image.height = static_cast<png_uint_32>(side);
    image.format = PNG_FORMAT_GRAY;
    png_alloc_size_t bytes = 0;
    if (!png_image_write_to_memory(&image, nullptr, &bytes, 0, grey.data(), 0, nullptr))
        throw std::runtime_error(std::string("png: ") + image.message);
    std::string out(bytes, '\0');
    if (!png_image_write_to_memory(&image, out.data(), &bytes, 0, grey.data(), 0, nullptr))
        throw std::runtime_error(std::string("png: ") + image.message);
    out.resize(bytes);
    return out;
}

std::string QrPicture::svg() const {
    const auto side = std::to_string(dots_ + 2 * border);
    std::string out = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + side + " " + side +
                      "\" shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h" + side + "v" + side +
                      "H0z\"/><path d=\"";
    for (int y = 0; y < dots_; ++y)
        for (int x = 0; x < dots_; ++x) {
            if (!dark(x, y)) continue;
            int run = 1;
            while (dark(x + run, y)) ++run;
            out += "M" + std::to_string(x + border) + " " + std::to_string(y + border) + "h" + std::to_string(run) +
                   "v1h-" + std::to_string(run) + "z";
            x += run;
        }
    return out + "\"/></svg>";
}

}  // namespace huiyin
