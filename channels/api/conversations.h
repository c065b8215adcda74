// Which talks the asker may see.
#pragma once
#include "channels/api/guard.h"

namespace huiyin::api {

// The talk, where it is of his units, or of none yet and waits for him, and he keeps out of none of the customer's
// matters. Errors: conversation.not_found.
Result<Conversation> visible_conversation(Reading& reading, const Asked& asked, ConversationId id);

}  // namespace huiyin::api
