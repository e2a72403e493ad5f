"""Writes the PDF and the DOCX in demo/documents, which are the project's own course notes.

Run ``python -m demo.write_documents`` after a change here. The TXT file there is edited directly.
"""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent / "documents"

NEWTON = [
    (
        "Newton's Laws of Motion",
        [
            "These notes belong to the first weeks of Physics 101. They state the three laws that Isaac Newton "
            "published in 1687 in the Principia, and show how to use them on simple problems.",
            "A force is a push or a pull that one body exerts on another. It has a size, measured in newtons, and a "
            "direction. The net force on a body is the vector sum of all the forces that act on it. Mass measures how "
            "much a body resists a change of its motion; it is measured in kilograms and is the same on the Moon as on "
            "the Earth.",
        ],
    ),
    (
        "The First Law: Inertia",
        [
            "The first law says that a body at rest stays at rest, and a body in motion keeps moving in a straight line "
            "at constant speed, unless a net force acts on it. The tendency to keep moving as before is called inertia.",
            "A puck on ice slides a long way because friction is small. On carpet it stops soon, not because motion "
            "needs a force to keep it going, but because friction is a force that slows it down. Aristotle had taught "
            "that a moving body needs a mover; Galileo's inclined planes showed that it does not.",
            "An inertial frame of reference is one in which the first law holds. A train at constant velocity is a good "
            "one; a train that is braking is not.",
        ],
    ),
    (
        "The Second Law: Force and Acceleration",
        [
            "The second law says that the net force on a body equals its mass times its acceleration, F = m a. The "
            "acceleration points in the direction of the net force. One newton is the force that gives a mass of one "
            "kilogram an acceleration of one metre per second squared.",
            "Worked example. A crate of 20 kg is pulled with 60 N to the right while friction pulls with 20 N to the "
            "left. The net force is 40 N to the right, so the acceleration is 40 N divided by 20 kg, which is 2 metres "
            "per second squared to the right.",
            "Weight is the force of gravity on a body. Near the surface of the Earth it equals the mass times 9.8 "
            "metres per second squared. On the Moon the same body weighs about one sixth as much, because the "
            "acceleration of gravity there is only 1.6 metres per second squared.",
        ],
    ),
    (
        "The Third Law: Action and Reaction",
        [
            "The third law says that whenever one body exerts a force on a second body, the second exerts a force of "
            "equal size and opposite direction on the first. The two forces of such a pair act on different bodies, so "
            "they never cancel each other.",
            "A swimmer pushes the wall backwards and the wall pushes the swimmer forwards. A rocket throws gas "
            "downwards and the gas pushes the rocket upwards; it needs no air to push against, and works best in empty "
            "space.",
            "A common mistake is to name the weight of a book and the normal force of the table as an action and "
            "reaction pair. They are equal here, but both act on the book. The reaction to the book's weight is the "
            "pull of the book on the Earth.",
        ],
    ),
    (
        "Friction",
        [
            "Static friction keeps a body from starting to slide. It grows with the applied force up to a largest value, "
            "the coefficient of static friction times the normal force. Kinetic friction acts on a body that slides; it "
            "equals the coefficient of kinetic friction times the normal force and does not depend on the speed.",
            "For most pairs of surfaces the coefficient of static friction is larger than that of kinetic friction. "
            "This is why a heavy box needs a harder push to get it moving than to keep it moving.",
        ],
    ),
]

ENERGY_INTRODUCTION = (
    "Energy is the quantity that stays the same while everything else changes. These notes define work, kinetic "
    "energy and potential energy, and use the conservation of energy."
)
ENERGY = [
    (
        "Work",
        "Work is done when a force moves a body. For a constant force along a straight path the work equals the force "
        "times the distance times the cosine of the angle between them. Work is measured in joules; one joule is one "
        "newton times one metre. A force at right angles to the motion does no work.",
    ),
    (
        "Kinetic energy",
        "Kinetic energy is the energy of motion. It equals one half of the mass times the square of the speed. Because "
        "the speed is squared, a car at 100 kilometres per hour has four times the kinetic energy that it has at 50. "
        "The work-energy theorem says that the net work done on a body equals the change of its kinetic energy.",
    ),
    (
        "Potential energy",
        "Potential energy is stored in the position of bodies. Near the surface of the Earth the gravitational "
        "potential energy of a body equals its mass times the acceleration of gravity times its height. A stretched "
        "spring stores one half of its spring constant times the square of its extension.",
    ),
    (
        "Conservation of energy",
        "In a closed system the total energy never changes; it only passes from one form into another. A roller "
        "coaster that starts from rest at 20 metres cannot climb higher than 20 metres again, and friction makes it "
        "less.",
    ),
    (
        "Power",
        "Power is the rate at which work is done. It is measured in watts; one watt is one joule per second. A person "
        "climbing stairs delivers some 300 watts for a short while.",
    ),
]
ENERGY_TABLE = [
    ("Quantity", "Symbol", "Unit"),
    ("Work", "W", "joule"),
    ("Kinetic energy", "K", "joule"),
    ("Power", "P", "watt"),
    ("Spring constant", "k", "newton per metre"),
]


def write_pdf(path: Path) -> None:
    from fpdf import FPDF

    pdf = FPDF(format="A4")
    pdf.set_title("Newton's Laws of Motion")
    pdf.set_auto_page_break(auto=True, margin=25)
    pdf.set_margins(25, 25)
    for number, (heading, paragraphs) in enumerate(NEWTON):
        if number in (0, 2, 4):
            pdf.add_page()
        pdf.start_section(heading)
        pdf.set_font("Helvetica", "B", 15)
        pdf.multi_cell(0, 9, heading, new_x="LMARGIN", new_y="NEXT")
        pdf.set_font("Helvetica", size=11)
        for paragraph in paragraphs:
            pdf.multi_cell(0, 6, paragraph, new_x="LMARGIN", new_y="NEXT")
            pdf.ln(3)
    pdf.output(str(path))


def write_docx(path: Path) -> None:
    from docx import Document

    document = Document()
    document.core_properties.title = "Work and Energy"
    document.add_heading("Work and Energy", level=1)
    document.add_paragraph(ENERGY_INTRODUCTION)
    for heading, text in ENERGY:
        document.add_heading(heading, level=2)
        document.add_paragraph(text)
    document.add_heading("Units", level=2)
    table = document.add_table(rows=0, cols=3)
    for row in ENERGY_TABLE:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    document.save(str(path))


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    write_pdf(FOLDER / "newtons-laws.pdf")
    write_docx(FOLDER / "work-and-energy.docx")


if __name__ == "__main__":
    main()
