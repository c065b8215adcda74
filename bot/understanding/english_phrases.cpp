#include "bot/understanding/english_phrases.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>

namespace huiyin::acts {
namespace {

using Kind = MeaningKind;

struct English {
    Kind kind;
    const char* value;
    const char* phrases;  // between bars, in small letters, without marks and apostrophes
};

const English rows[] = {
    {Kind::yes, "",
     "yes|yep|yep thats right|yeah|yup|sure|correct|right|exactly|absolutely|thats right|thats correct|its right|its "
     "correct|all right|"
     "all correct|all good|looks good|looks right|looks correct|looks right to me|looks good to me|it is|that is right|"
     "that is correct|everything is right|everything is correct|everythings correct|submit|submit it|file it|send it|"
     "yes submit|yes submit it|yes file it|confirm|confirmed|no problem|of course|like gas|it does|yes it does|i do|do "
     "it|"
     "go ahead|the address is right|separately|nothing to change|no changes|yes please do"},
    {Kind::agree_proposal, "",
     "agree|i agree|agreed|we agree|accept|i accept|accepted|thats fine|thats fine with me|fine with me|fine by me|"
     "sounds good|sounds fine|sounds good to me|ok do it|do it|go ahead|fine go ahead|ok go ahead|yes go ahead|"
     "that works|that works for me|works for me|no objection|no objections|i am ok with that|im ok with that|"
     "im fine with that|i agree with the plan|i agree to the plan|yes i agree|i agree with that|i agree to that|"
     "that is fine|thats ok|thats okay|thats acceptable|acceptable|deal|yes|ok|okay|sure|all right"},
    {Kind::vague_yes, "",
     "hmm|hm|i guess|i guess so|i suppose|i suppose so|maybe|perhaps|probably|kind of|sort of|well ok|if you say so|"
     "more or less|should be|uh huh|mm|mhm"},
    {Kind::indifferent, "",
     "whatever you like|up to you|as you like|whatever|i dont care|dont care|i dont mind|up to you|its up to you|as "
     "you like|you decide|either is "
     "fine|anything|"
     "anything is fine|i have no preference|doesnt matter|it doesnt matter|i do not care"},
    {Kind::no, "",
     "thats wrong|nah thats wrong|no|no no|no no no|nope|nah|not right|wrong|thats wrong|its wrong|this is wrong|thats "
     "not right|thats not "
     "correct|not correct|"
     "incorrect|its not right|that is wrong|that is not right|that is not correct|no thats wrong|not really|no its not|"
     "its not|it isnt|it does not|it doesnt|no it doesnt|something is wrong|not yet|as one|no need|no thanks"},
    {Kind::refuse_proposal, "",
     "i dont agree|dont agree|disagree|i disagree|we dont agree|i do not agree|not acceptable|thats not acceptable|"
     "unacceptable|thats unacceptable|i refuse|refuse|i reject|reject|no way|no deal|i cant accept that|cant accept|"
     "i cannot accept that|i dont accept|i dont accept that|i wont accept that|that wont do|not enough|thats not "
     "enough|"
     "too little|thats too little|not good enough|thats not good enough|not happy with that|im not happy with that|"
     "i am not happy with this|this is not acceptable|i am not satisfied with the plan|no"},
    {Kind::fixed_yes, "",
     "works fine now|it works fine now|all good now|fixed|its fixed|it is fixed|really fixed|its really fixed|it "
     "works|it works now|it works again|yes it works|"
     "yes it works now|yes its fixed|its working|its working now|it is working now|its working again|"
     "it is working again|working again|works again|all fixed|all done|its done|solved|its solved|resolved|its "
     "resolved|"
     "problem solved|problem is solved|problem is gone|the problem is gone|repaired|its repaired|its ok now|its fine "
     "now|"
     "its all right now|everything is fine now|everything works|everything works now|its good now|good now|"
     "no more leak|its dry now|yes its really fixed|yes really fixed|yes its fixed now|its fixed now|it has been fixed|"
     "its been fixed|it was fixed|completely fixed"},
    {Kind::fixed_partly, "",
     "partly|partly fixed|partially|partially fixed|half fixed|only half fixed|only partly fixed|its partly fixed|"
     "its only partly fixed|not completely|not completely fixed|not fully fixed|not entirely|better but not fixed|"
     "its better but not fixed|a bit better|its better|its better but not completely fixed|some of it|only some of it|"
     "its half done|half done|not all of it|its partially fixed|almost fixed|nearly fixed"},
    {Kind::fixed_no, "",
     "still dripping|still leaking|nope still dripping|nope still leaking|no still dripping|not fixed|its not fixed|it "
     "is not fixed|its not fixed at all|not fixed at all|not fixed yet|its not fixed yet|"
     "still broken|its still broken|it is still broken|still not working|its still not working|it still doesnt work|"
     "still doesnt work|doesnt work|it doesnt work|not working|its not working|still leaking|its still leaking|"
     "it is still leaking|it still leaks|broke again|it broke again|its broken again|it is broken again|not solved|"
     "its not solved|still the same|its still the same|same as before|nothing has changed|nothing changed|"
     "nobody came|no one came|nobody has come|nobody came yet|no its not fixed|no still broken|no its still broken|"
     "no its still not working|no its still leaking|it came back|its back|isnt fixed|it isnt fixed|no it isnt fixed"},
    {Kind::rating, "5",
     "five|five stars|5 stars|5 points|5 out of 5|very happy|very satisfied|excellent|perfect|5 very happy|great job|"
     "very good|extremely happy|fantastic|wonderful|top"},
    {Kind::rating, "4",
     "four|four stars|4 stars|4 points|4 out of 5|happy|satisfied|4 happy|pretty good|quite good|good"},
    {Kind::rating, "3",
     "three|three stars|3 stars|3 points|3 out of 5|so so|soso|ok ish|average|neutral|3 so so|mediocre|not great"},
    {Kind::rating, "2",
     "two|two stars|2 stars|2 points|2 out of 5|unhappy|dissatisfied|not happy|not satisfied|2 unhappy|bad|im not "
     "happy|"
     "not so good|not good"},
    {Kind::rating, "1",
     "one|one star|1 star|1 point|1 out of 5|very unhappy|very dissatisfied|terrible|awful|horrible|1 very unhappy|"
     "very bad|worst"},
    {Kind::cancel, "",
     "cancel|cancel it|cancel that|cancel this|never mind|nevermind|forget it|forget about it|drop it|leave it|dont "
     "file|"
     "dont file it|dont bother|stop|i changed my mind|no longer needed|not needed any more|i dont want to report it|"
     "i dont want to report it any more|i dont want to complain any more|i dont want to file it|dont report it|"
     "dont submit|dont submit it|lets drop it|ok dont file"},
    {Kind::pause, "",
     "later|talk later|lets talk later|ill answer later|ill tell you later|ill write later|ill get back to you|"
     "not now|busy now|im busy|im busy now|im driving|im driving now|im driving talk later|in a meeting|"
     "im in a meeting|im at work|give me a minute|give me a moment|one moment|just a moment|one minute|hold on|wait a "
     "minute|"
     "stuck in traffic|im stuck in traffic|im stuck in traffic talk later|stuck at work will answer later|brb|"
     "be right back|ill be back"},
    {Kind::resume, "",
     "continue|lets continue|go on|lets go on|carry on|resume|im back|i am back|back again|where were we|"
     "lets carry on|ready now|im ready"},
    {Kind::back, "", "go back one|back|go back|one step back|previous|previous question|undo"},
    {Kind::skip, "",
     "id rather leave that out|skip|skip it|skip this|skip that|pass|none|no photo|no photos|no picture|no pictures|i "
     "have no photo|"
     "i dont have a photo|id rather not|id rather not say|rather not|prefer not to say|i prefer not to say|"
     "i dont want to say|i dont want to tell you|no phone|i have no phone|i dont have one|i dont have a phone|"
     "i dont want to give my number|i dont want to give it|not telling|nothing to add|no wish|nothing|no need|"
     "i dont know|dont know|no idea|not sure|im not sure|idk|i dont remember|i cant remember"},
    {Kind::help, "",
     "help me use this|how does this work|how does it work|how do i use this|how to use this|what can you do|"
     "what can i do here|instructions|menu|options|how do i report something|how do i file something"},
    {Kind::repeat_please, "",
     "what|sorry|what did you ask|what did you say|what was the question|what was that|pardon|sorry what|"
     "say that again|can you repeat|can you repeat that|could you repeat that|repeat|repeat that|once more|come again|"
     "what do you mean|what did you want to know"},
    {Kind::restart, "", "start over|start again|restart|from the start|from the beginning|begin again|lets start over"},
    {Kind::hand_over, "",
     "person|a person|human|a human|real person|a real person|agent|an agent|operator|representative|talk to a person|"
     "talk to a human|talk to someone|talk to somebody|speak to a person|speak to a human|speak to someone|"
     "speak to somebody|speak with a person|speak with someone|talk with a person|get me a person|get me a human|"
     "get me an agent|get me someone|get a person|customer service|i want to talk to a person|i want to speak to a "
     "person|"
     "i want to talk to a real person|i want a person|i want a human|i need a person|i need a human|i need to talk to "
     "someone|"
     "can i talk to someone|can i talk to a person|can i speak to someone|can i speak to a person|can i speak to a "
     "human|"
     "can i talk to a human|let me talk to a person|let me speak to a person|let me talk to someone|connect me to a "
     "person|"
     "transfer me|call me back|ask a person|staff|put me through|is there a real person|no robot|not a robot"},
    {Kind::progress, "",
     "progress|status|check progress|check status|check the status|update|any update|any updates|any news|news|"
     "whats the status|what is the status|how is it going|hows it going|how far is it|how far are you|"
     "how far is my ticket|how far is my complaint|wheres my ticket|where is my ticket|is it done|is it done yet|"
     "is it fixed yet|when will someone come|when will somebody come|when is someone coming|when are you coming|"
     "when will it be fixed|when will it be done|what about my complaint|what happened to my complaint|"
     "whats happening with my complaint|my tickets|my complaints|show my tickets|how is my complaint|hows my "
     "complaint"},
    {Kind::urge, "",
     "hurry|hurry up|hurry it up|faster|quickly|be quick|asap|as soon as possible|speed it up|can you speed it up|"
     "could you speed it up|can you hurry|can you hurry up|could you hurry up|push them|press them|its urgent|"
     "this is urgent|urgent|im still waiting|i am still waiting|still waiting|how much longer"},
    {Kind::withdraw, "",
     "withdraw|withdraw it|withdraw my complaint|withdraw the complaint|withdraw my ticket|cancel my complaint|"
     "cancel my ticket|cancel the complaint|take it back|i take it back|take my complaint back|no need to come|"
     "no need to come any more|no need to come anymore|you dont have to come|you dont need to come|dont come"},
    {Kind::reopen, "", "reopen|reopen it|reopen my ticket|reopen the ticket|open it again|it happened again"},
    {Kind::escalate_wish, "",
     "ask a superior|manager|the manager|i want the manager|get me the manager|get the manager|your boss|get me your "
     "boss|"
     "i want to speak to the manager|i want to talk to the manager|let me speak to the manager|let me talk to your "
     "boss|"
     "let me speak to your boss|i want to talk to your boss|talk to the manager|speak to the manager|escalate|escalate "
     "it|"
     "i want to speak to your manager|let me talk to the manager|let me speak to your manager|supervisor"},
    {Kind::why_so_long, "",
     "why so long|why does it take so long|why is it taking so long|why that day|why that late|why so late|"
     "why three days|why five days|why do i have to wait|why do i have to wait so long|why must i wait|why that long|"
     "why not today|why not earlier|why not sooner|why a week|why two days|why 3 days|why 5 days"},
    {Kind::stop_surveys, "",
     "no more surveys|stop sending surveys|stop sending me surveys|no more ratings|dont ask me to rate|"
     "stop asking me to rate|dont send me surveys|unsubscribe|stop the surveys|no surveys"},
    {Kind::robot_question, "",
     "are you a robot|are you a bot|is this a robot|is this a bot|are you human|are you a human|are you real|"
     "are you a real person|am i talking to a robot|am i talking to a bot|is this a real person|who are you|bot|robot"},
    {Kind::bot_complaint, "",
     "you dont understand|you dont understand me|you dont understand anything|you dont get it|useless bot|stupid bot|"
     "stupid robot|dumb bot|this bot is useless|you are not listening|you are not helping|thats not what i asked|"
     "thats not what i said"},
    {Kind::greet, "",
     "hello|hi|hey|good morning|good afternoon|good evening|hi there|hello there|anyone here|anybody here"},
    {Kind::thanks, "", "thanks|thank you|thank you very much|many thanks|thanks a lot|thx|ty|cheers|thank you so much"},
    {Kind::farewell, "", "bye|goodbye|see you|good night|bye bye|take care"},
    {Kind::me_too, "", "same here|me too|same problem here|same for us|we have the same problem|same in our building"},
    {Kind::separate_case, "", "file my own|i want my own ticket|a separate ticket|i want a separate ticket"},
    {Kind::confidential, "",
     "dont say it was me|dont tell them it was me|dont tell anyone it was me|keep my name out of it|"
     "keep me anonymous|keep it confidential|dont mention my name|dont give my name|please keep my name out of it"},
    {Kind::add_evidence, "", "this one|this is it|thats the photo|here is a photo|heres a photo|like this"},
};

}  // namespace

const std::vector<EnglishAct>* english_acts(const std::string& words) {
    static const auto table = [] {
        std::unordered_map<std::string, std::vector<EnglishAct>> all;
        for (const auto& row : rows) {
            const std::string_view phrases = row.phrases;
            for (std::size_t at = 0; at < phrases.size();) {
                const auto end = std::min(phrases.find('|', at), phrases.size());
                all[std::string(phrases.substr(at, end - at))].push_back({row.kind, row.value});
                at = end + 1;
            }
        }
        return all;
    }();
    const auto found = table.find(words);
    return found == table.end() ? nullptr : &found->second;
}

}  // namespace huiyin::acts
