"""Rules are changed by one person and approved by another: the policy, and the file of people.

texts      the text in force that a change starts from       lines     what differs between two texts
change     one change and its life                           ways      where a policy that was approved goes
desk       propose, list, approve, reject                    hints     what may be worth a change: alerts rated false
private    what of all this a caller may see                 reach     what a change of people leaves alone

proposed ──approve──▶ approved ──▶ applied
    └──reject──▶ rejected
"""
