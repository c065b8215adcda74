// What a resident asks about his own data, as the service tells it to who decides.
interface Who {
    login: string;
    name: string;
}
export interface PrivacyRequest {
    id: string;
    kind: string; // export, correct, erase
    state: string; // waiting, erasing, done, refused, withdrawn
    customer: { name: string; phone_masked: string };
    tickets: string[];
    stays: { ticket: string; held_until: string | null }[];
    wish: string;
    noted_by: Who | null;
    asked_at: string;
    due_at: string;
    overdue: boolean;
    decided_at: string | null;
    decided_by: Who | null;
    open_too: boolean;
    reason: string;
    answer: string;
}
// What keeps a ticket's words and pictures from going.
export interface Hold {
    id: string;
    reason: string;
    set_by: Who | null;
    set_at: string;
    until: string;
    in_force: boolean;
    lifted_at: string | null;
    lifted_by: Who | null;
    lift_reason: string;
}
