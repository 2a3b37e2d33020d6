"""What the rules for loans of people say, by their codes in `competence/loans/data/packs.toml`."""

LOANS = {
    "loan_pack": {
        "state": "Loans between state agencies",
        "local": "Loans between municipalities and regions",
        "mixed": "Loans between the state and a municipality or a region",
        "company": "Loans with a public company",
    },
    "loan_effect": {
        "inform": "To know",
        "warn": "To think of",
        "require": "To be seen to before you agree",
        "forbid": "Not allowed",
    },
    "loan_rule": {
        "cooperation": "It is cooperation between agencies, in peacetime crises also by the ordinance on preparedness.",
        "voluntary": "It is voluntary: the employee has agreed to this loan.",
        "duties": "The work is within what the employee has to do in the employment already.",
        "longest": "A loan lasts at most six months of full time. Shorten it, or choose leave and a fixed-term job.",
        "long": "It lasts longer than six months, which is unusual. Think of whether it should be another employment.",
        "extension": "It makes another loan longer: it has been assessed anew whether it is needed, and noted why.",
        "notice": "Both may end it with one month's notice, unless you agree otherwise.",
        "payment": "The home employer goes on paying, and invoices the borrower what it costs.",
        "lead": "The borrower leads the work and answers for the work environment; absence is told to both.",
        "union": "Ask your own HR whether the unions have to be informed or negotiated with first.",
        "agreement": "You have an agreement on cooperation that the loan rests on.",
        "insurance": "Insurances have been gone through: what holds at the borrower's, and who pays.",
        "mixed": "State and local employers follow different rules: let a lawyer on each side look at it.",
        "alternative": "Where a loan does not fit, leave from the one and a fixed-term employment at the other may.",
        "hire": "To lend staff to or from a company may be hire of staff, which has to be procured.",
    },
}
